/**
 * One row about the standby's walsender, none while it is not connected: `state`, `replay_lsn`, and `behind_bytes` against `$2`, an LSN
 * that the primary had at some time (PostgreSQL documentation 28.2.4). `$1`: application_name.
 */
export const streamingQuestion = `select state, replay_lsn::text as replay_lsn, pg_wal_lsn_diff($2::pg_lsn, replay_lsn)::float8 as behind_bytes
from pg_stat_replication where application_name = $1 and state <> 'backup' order by backend_start desc limit 1`

export const flushLsnQuestion = 'select pg_current_wal_flush_lsn()::text as lsn'
