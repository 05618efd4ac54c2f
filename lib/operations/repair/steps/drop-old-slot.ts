import { dropSlot, slotQuestion } from '@/lib/commands/postgres-slot'
import { slotName } from '@/lib/domain/pair-names'
import type { Step } from '@/lib/operations/engine/step'
import type { FollowBasis, RepairContext } from '@/lib/operations/repair/basis'
import { stepFailed } from '@/lib/operations/step-failed'

/** A former primary still has the slot of the standby that it had: it would hold back WAL there for nobody. */
export function dropOldSlot({ hosts, pair }: Pick<FollowBasis, 'hosts' | 'pair'>): Step<RepairContext> {
  const slot = slotName(pair.slug)
  const { name } = hosts.standby
  const isThere = async ({ databases }: RepairContext) =>
    (await databases.standby.query(slotQuestion, [slot])).length > 0
  return {
    planned: {
      id: 'drop-old-slot',
      title: `Drop the slot ${slot} on ${name}, which holds back WAL for nobody`,
      host: 'standby',
      preview: [{ kind: 'sql', text: dropSlot(slot).preview }],
      undo: 'nothing-to-undo',
      undoSentence: 'It held back WAL for a standby that is none any more.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 3,
    },
    async check(context) {
      return (await isThere(context))
        ? { done: false }
        : { done: true, sentence: `There is no slot ${slot}.` }
    },
    async run({ databases }) {
      await databases.standby.query(dropSlot(slot).text)
    },
    async verify(context) {
      if (await isThere(context))
        throw stepFailed(
          `The slot ${slot} on ${name} is in use.`,
          'See who receives from it (pg_replication_slots), end that, then resume.',
        )
      return `${name} holds back no WAL for it any more.`
    },
  }
}
