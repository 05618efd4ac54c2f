import type { ReplayLook } from '@/lib/domain/drill-lag'

/**
 * What a standby says of its own replication, in one row (PostgreSQL documentation 9.28.4 and 28.2.6). As far as it knows that WAL was written: the
 * last position that its primary has told, or that it has received.
 */
export const replayLookQuestion = `select pg_is_in_recovery() as recovering, pg_last_wal_replay_lsn()::text as replayed,
  greatest(pg_last_wal_receive_lsn(), r.latest_end_lsn, pg_last_wal_replay_lsn())::text as known, coalesce(r.status, '') = 'streaming' as streaming
from (select 1) one left join pg_stat_wal_receiver r on true`

const lsnOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** Parses the row of `replayLookQuestion`. `atMs`: when it was read, by the dashboard's clock. */
export function parseReplayLook(
  rows: readonly Readonly<Record<string, unknown>>[],
  atMs: number,
): ReplayLook {
  const row = rows[0] ?? {}
  return {
    atMs,
    inRecovery: row.recovering === true,
    isStreaming: row.streaming === true,
    known: lsnOf(row.known),
    replayed: lsnOf(row.replayed),
  }
}
