/**
 * SQL for the timeline that a server is on, on PostgreSQL 12 or newer. A primary writes the file of its timeline: pg_control names it only
 * from the checkpoint after a promotion on, which may take minutes. A standby follows what it was told last (documentation 26.3.5).
 * `isStandby`: an expression that says whether it is in recovery.
 */
export const timelineSql = (isStandby: string): string => `CASE WHEN ${isStandby}
    THEN (SELECT greatest(c.timeline_id, r.min_recovery_end_timeline, (SELECT received_tli FROM pg_stat_wal_receiver))
          FROM pg_control_checkpoint() c, pg_control_recovery() r)
    ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END`
