import { formatDuration } from '@/lib/domain/format-duration'
import type { Verdict } from '@/lib/domain/verdict'
import type { StoredObservation } from '@/lib/ports/store'

/** The worker looks once a second; after this long without a look, what it saw last says nothing about now. */
const staleAfterMs = 10_000

export const isStale = ({ observation }: StoredObservation, now: Date): boolean =>
  now.getTime() - Date.parse(observation.at) > staleAfterMs

/**
 * The verdict, or `unknown` when nobody has looked for too long: a worker that died must never leave a pair shown as
 * protected. What was known (lag, loss, roles) stays, with the observation's own time.
 */
export function staleVerdict(latest: StoredObservation, now: Date): Verdict {
  const { verdict, observation } = latest
  if (!isStale(latest, now)) return verdict
  const age = formatDuration((now.getTime() - Date.parse(observation.at)) / 1000)
  const reason = `Nobody has looked at the hosts for ${age}: the dashboard’s worker is not running or is held up. Before that, the pair was ${verdict.state}.`
  const notReady = { ready: false, reasons: ['The hosts have not been looked at lately.'] } as const
  return {
    ...verdict,
    state: 'unknown',
    reasons: [reason],
    nextAction: {
      action: null,
      sentence: 'Look after the dashboard’s worker: start it, or read its log.',
    },
    rolesSeen: { primary: 'unknown', standby: 'unknown' },
    readyForFailover: notReady,
    readyForSwitchover: notReady,
    since: new Date(Date.parse(observation.at) + staleAfterMs).toISOString(),
  }
}
