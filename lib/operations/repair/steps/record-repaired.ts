import type { Step } from '@/lib/operations/engine/step'
import type { RepairFileBasis, RepairFileContext } from '@/lib/operations/repair/basis'
import type { RepairFacts } from '@/lib/operations/repair/facts'
import { stepFailed } from '@/lib/operations/step-failed'

/**
 * The dashboard watches the two hosts as a pair again, of which neither is a former primary. What was paused goes on by then: the standby
 * follows, and its schedule is in place.
 */
export function recordRepaired({
  hosts,
  pair,
  facts: { recorded },
}: Pick<RepairFileBasis, 'hosts' | 'pair'> & {
  readonly facts: Pick<RepairFacts, 'recorded'>
}): Step<RepairFileContext> {
  const isDone = async ({ pairs }: RepairFileContext) => {
    const now = await pairs.find(pair.id)
    const isSoRecorded = now?.hosts.primary === hosts.primary.id
    return isSoRecorded && now.isPaired && now.formerPrimary === 'none' && !now.pause
  }
  return {
    planned: {
      id: 'record-repaired',
      title: `Record that ${hosts.standby.name} stands by for ${hosts.primary.name}`,
      host: 'here',
      preview: [{ kind: 'note', text: `${hosts.standby.name} is no former primary any more.` }],
      undo: 'undo',
      undoSentence: 'Takes the record back.',
      irreversible: false,
      timeoutMs: 30_000,
      attemptsMax: 3,
    },
    async check(context) {
      return (await isDone(context)) ? { done: true, sentence: 'It is recorded already.' } : { done: false }
    },
    async run({ pairs }) {
      const now = { primary: hosts.primary.id, standby: hosts.standby.id }
      await pairs.update(pair.id, { hosts: now, isPaired: true, formerPrimary: 'none', pause: null })
    },
    async verify(context) {
      if (!(await isDone(context))) throw stepFailed('It was not recorded.', 'Resume the operation.')
      return `${hosts.standby.name} stands by for ${hosts.primary.name}.`
    },
    async undo({ pairs }) {
      await pairs.update(pair.id, recorded)
      return `${hosts.standby.name} is recorded as before.`
    },
  }
}
