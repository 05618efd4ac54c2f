import { toDashboardClock } from '@/components/status/directory-state'
import { formatClock } from '@/lib/domain/format-instant'
import type { Instant, Observation } from '@/lib/domain/observation'

/**
 * When the standby's database was last updated, by the dashboard's clock: the commit's own time is by the primary's
 * clock, which is corrected where its difference was measured. Null while it is not known.
 */
export function lastUpdatedAt(observation: Observation | null): Instant | null {
  const server = observation?.hosts.standby.server
  if (!server?.seen || server.value.lastReplayedCommitAt === null) return null
  const primary = observation?.hosts.primary.machine
  return toDashboardClock(server.value.lastReplayedCommitAt, primary?.seen ? primary.value.clockOffsetMs : 0)
}

export function lastUpdatedText(observation: Observation | null): string | null {
  const at = lastUpdatedAt(observation)
  return at && formatClock(at)
}
