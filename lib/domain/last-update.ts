import type { HostId } from '@/lib/domain/host'
import { type Lsn, lsnDistanceBytes } from '@/lib/domain/lsn'
import type { Instant, ServerFacts } from '@/lib/domain/observation'
import type { Role } from '@/lib/domain/pair'
import type { PairView } from '@/lib/domain/views'

/**
 * The last commit that was read of a standby. PostgreSQL itself forgets it at each start, until another one is replayed: on a primary
 * where nothing is written that may be long.
 */
export type LastUpdate = {
  readonly hostId: HostId
  readonly systemIdentifier: string
  /** By the primary's clock. */
  readonly committedAt: Instant
  /** Where replay was when it was first read: from there on the commit is contained. */
  readonly lsn: Lsn
}

/**
 * What is kept with one more look at the standby `hostId`; `server` null where it was not seen. Nothing of another host or another
 * database is kept, and nothing once it accepts writes.
 */
export function rememberUpdate(
  known: LastUpdate | null,
  hostId: HostId,
  server: ServerFacts | null,
): LastUpdate | null {
  const kept = known?.hostId === hostId ? known : null
  if (!server) return kept
  const { inRecovery, systemIdentifier, lastReplayedCommitAt: committedAt, replayedLsn: lsn } = server
  if (!inRecovery) return null
  const own = kept?.systemIdentifier === systemIdentifier ? kept : null
  if (committedAt === null || lsn === null || committedAt === own?.committedAt) return own
  return { hostId, systemIdentifier, committedAt, lsn }
}

/**
 * Commit time of the last transaction that `server`, the host `hostId`, is known to have replayed, by the primary's clock; null where
 * that is not known. A remembered one counts only while the server is as far as it was then: a restored one may be behind it.
 */
export function lastCommitOf(
  server: ServerFacts,
  hostId: HostId,
  known: LastUpdate | null | undefined,
): Instant | null {
  const { inRecovery, systemIdentifier, lastReplayedCommitAt, replayedLsn } = server
  if (lastReplayedCommitAt !== null) return lastReplayedCommitAt
  const isContained =
    inRecovery &&
    replayedLsn !== null &&
    known?.hostId === hostId &&
    known.systemIdentifier === systemIdentifier &&
    lsnDistanceBytes(replayedLsn, known.lsn) >= 0
  return isContained ? known.committedAt : null
}

/**
 * When the database of the host in this role was last updated, as the seed calls it: the same for page, command line and the seed's
 * text. By the primary's clock; null where that is not known, or the host's PostgreSQL is not seen.
 */
export function lastUpdatedAt(
  { pair, observation, verdict }: Pick<PairView, 'pair' | 'observation' | 'verdict'>,
  role: Role,
): Instant | null {
  const server = observation?.hosts[role].server
  return server?.seen ? lastCommitOf(server.value, pair.hosts[role], verdict?.lastUpdate) : null
}
