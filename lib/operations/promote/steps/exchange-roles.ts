import type { Step } from '@/lib/operations/engine/step'
import type { AnyPromoteBasis } from '@/lib/operations/promote/basis'
import type { AnyPromoteContext } from '@/lib/operations/promote/context'
import { stepFailed } from '@/lib/operations/step-failed'

/**
 * The dashboard knows the promoted host as the primary, and whether the other one is fenced or must be watched for. `mayFollow`: a later
 * step of the same operation records that it follows.
 */
export function exchangeRoles(
  { hosts }: AnyPromoteBasis,
  formerPrimary: 'fenced' | 'watched',
  { mayFollow = false }: { readonly mayFollow?: boolean } = {},
): Step<AnyPromoteContext> {
  const isDone = async ({ pairs, pair }: AnyPromoteContext) => {
    const now = await pairs.find(pair.id)
    const isKnown = now?.formerPrimary === formerPrimary || (mayFollow && now?.formerPrimary === 'none')
    return now?.hosts.primary === hosts.standby.id && isKnown && !now.pause
  }
  return {
    planned: {
      id: 'exchange-roles',
      title: `Record ${hosts.standby.name} as the primary`,
      host: 'here',
      preview: [
        {
          kind: 'note',
          text:
            formerPrimary === 'fenced'
              ? `${hosts.primary.name} is fenced and can be made a standby again.`
              : `${hosts.primary.name} could not be fenced: it is watched for its return.`,
        },
      ],
      undo: 'nothing-to-undo',
      undoSentence: 'The promotion can’t be taken back, so its record stays.',
      irreversible: false,
      timeoutMs: 30_000,
      attemptsMax: 5,
    },
    async check(context) {
      return (await isDone(context)) ? { done: true, sentence: 'It is recorded already.' } : { done: false }
    },
    async run(context) {
      if (await isDone(context)) return
      const { pairs, pair } = context
      const exchanged = { primary: hosts.standby.id, standby: hosts.primary.id }
      await pairs.update(pair.id, { hosts: exchanged, formerPrimary, pause: null })
    },
    async verify(context) {
      if (!(await isDone(context))) throw stepFailed('The roles were not recorded.', 'Resume the operation.')
      return `${hosts.standby.name} is the primary; ${hosts.primary.name} is ${formerPrimary}.`
    },
  }
}
