import { closedWhileObserved } from '@/lib/domain/actions/observed'
import { isObserved, isOnlyObserved, isOwn, observedReason } from '@/lib/domain/adopt/adoption'
import { makerWords } from '@/lib/domain/adopt/maker-words'
import type { SenderFacts } from '@/lib/domain/observation'
import type { Pair } from '@/lib/domain/pair'
import { applicationName, slotName } from '@/lib/domain/pair-names'
import { hasStandby, type PairState } from '@/lib/domain/states'
import type { Finding, Ground } from '@/lib/domain/verdict-ground'

/** Whether this WAL sender is the pair's. `pg_basebackup -R` by hand leaves the default name; a stream that we set up has its own. */
export function isStreamOf(pair: Pick<Pair, 'slug' | 'adoption'>, sender: SenderFacts): boolean {
  const found = pair.adoption?.found.stream
  if (!isOwn(pair, 'replication') && found) {
    const isFrom = found.clientAddress === null || sender.clientAddress === found.clientAddress
    return sender.applicationName === found.applicationName && isFrom
  }
  return sender.applicationName === applicationName(pair.slug) || sender.applicationName === 'walreceiver'
}

/** The slot that the pair's stream uses, or would; null where a stream of somebody else's uses none. */
export const slotOf = (pair: Pick<Pair, 'slug' | 'adoption'>): string | null =>
  isOwn(pair, 'replication') ? slotName(pair.slug) : (pair.adoption?.found.stream?.slot ?? null)

/** What is not Understudy's own of the pair, so that nothing of it can be promised. */
export function observedFindings({ pair, b }: Ground): readonly Finding[] {
  const { adoption } = pair
  if (!adoption || !isObserved(pair)) return []
  const whole: Finding = isOnlyObserved(pair)
    ? {
        sentence: `This pair was made ${makerWords[adoption.found.maker]}, and is only observed: nothing on its hosts is changed.`,
        fix: 'Look at what was found, then take it over.',
      }
    : { sentence: observedReason(adoption), fix: 'Take over the rest.' }
  if (isOwn(pair, 'files')) return [whole]
  const { directories } = pair.settings
  return [
    whole,
    {
      sentence: `${directories.length === 1 ? 'A directory is' : `${directories.length} directories are`} copied by jobs that are not Understudy’s: how old they are on ${b.name} is not known.`,
      fix: 'Take over the copying of files.',
    },
  ]
}

/** States whose own findings say it: `listOutsideLimits`. */
const isToldIn: readonly PairState[] = ['protected', 'catching-up', 'degraded']

/** That a pair is only observed is told wherever it has a standby, beside what is worse; where its primary is lost, what that means. */
export function moreObserved({ pair }: Ground, state: PairState): readonly Finding[] {
  const { adoption } = pair
  if (!adoption || !isObserved(pair) || !hasStandby(state) || state === 'working') return []
  const sentence =
    (state === 'no-primary' ? closedWhileObserved('promote', adoption) : null) ?? observedReason(adoption)
  return isToldIn.includes(state) ? [] : [{ sentence, fix: '' }]
}
