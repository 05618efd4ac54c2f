import { isStaleLook, staleFrom, staleLookWords } from '@/lib/domain/stale-look'
import type { Verdict } from '@/lib/domain/verdict'
import type { PublicError } from '@/lib/errors'
import type { StoredObservation } from '@/lib/ports/store'

/**
 * The verdict, or `unknown` when nobody has looked for too long: a worker that died must never leave a pair shown as
 * protected. What was known (lag, loss, roles) stays, with the observation's own time. `why`: what keeps everybody from
 * looking, where that is known; else it is the worker.
 */
export function staleVerdict(
  { verdict, observation: { at } }: StoredObservation,
  now: Date,
  why: PublicError | null = null,
): Verdict {
  if (!isStaleLook(at, now)) return verdict
  const { message, fix } = staleLookWords(at, now, why)
  const notReady = { ready: false, reasons: ['The hosts have not been looked at lately.'] } as const
  return {
    ...verdict,
    state: 'unknown',
    reasons: [`${message} Before that, the pair was ${verdict.state}.`],
    nextAction: { action: null, sentence: fix },
    rolesSeen: { primary: 'unknown', standby: 'unknown' },
    readyForFailover: notReady,
    readyForSwitchover: notReady,
    since: staleFrom(at),
  }
}
