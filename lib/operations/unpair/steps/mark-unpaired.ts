import type { OwedHost } from '@/lib/domain/unpair'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'
import type { UnpairBasis, UnpairContext } from '@/lib/operations/unpair/basis'
import { onlyForward } from '@/lib/operations/unpair/steps/only-forward'

/** The hosts are no pair any more, and nothing of it is paused; a host that could not be reached is remembered, and cleaned when it answers. */
export function markUnpaired({ hosts, facts }: UnpairBasis): Step<UnpairContext> {
  const { owes, leave } = facts
  const names = owes.map((role) => hosts[role].name).join(' and ')
  const owedNow = (before: readonly OwedHost[], since: string): readonly OwedHost[] =>
    owes.map((role) => {
      const { id } = hosts[role]
      return before.find(({ hostId }) => hostId === id) ?? { hostId: id, leave, since }
    })
  const isDone = async ({ pairs, pair }: UnpairContext) => {
    const now = await pairs.find(pair.id)
    const owed = now?.owed ?? []
    const isOwed = owes.every((role) => owed.some(({ hostId }) => hostId === hosts[role].id))
    const isKept = owes.length > 0 || !now?.adoption
    const isApart = now?.isPaired === false && now.formerPrimary === 'none' && !now.pause && isKept
    return isApart && owed.length === owes.length && isOwed
  }
  return {
    planned: {
      ...onlyForward,
      id: 'mark-unpaired',
      title: `Record that ${hosts.primary.name} and ${hosts.standby.name} are no pair`,
      host: 'here',
      preview: [
        {
          kind: 'note',
          text:
            owes.length > 0
              ? `${names} could not be reached: what the pair has put there is removed as soon as it answers.`
              : 'A standby can be created again.',
        },
      ],
      attemptsMax: 5,
    },
    async check(context) {
      return (await isDone(context)) ? { done: true, sentence: 'It is recorded already.' } : { done: false }
    },
    async run({ pairs, pair, clock }) {
      const before = (await pairs.find(pair.id))?.owed ?? []
      const owed = owedNow(before, clock.now().toISOString())
      // What somebody else made is known until the last host is clean: it tells what there is not ours.
      const forgotten = owes.length > 0 ? {} : { adoption: null }
      await pairs.update(pair.id, { isPaired: false, formerPrimary: 'none', pause: null, owed, ...forgotten })
    },
    async verify(context) {
      if (!(await isDone(context))) throw stepFailed('It was not recorded.', 'Resume the operation.')
      return owes.length > 0
        ? `The hosts are no pair; ${names} is cleaned when it answers.`
        : 'The hosts are no pair, and nothing of it is left on them.'
    },
  }
}
