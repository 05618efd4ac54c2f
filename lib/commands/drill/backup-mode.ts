import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import type { DrillPlaces } from '@/lib/domain/drill-places'
import { majorVersion } from '@/lib/domain/postgres-layout'

/*
 * The low-level interface of a base backup, in one session that stays open meanwhile (PostgreSQL documentation 26.3.3). A standby may be asked
 * too; its own WAL is all that the copy needs, and nothing is archived for it.
 */

/**
 * Keeps the standby's WAL from the last restart point on until the session ends: without it a restart point during the copy could recycle what
 * the copy needs. `$1`: the name of the slot, which is gone with the session.
 */
export const reserveWalQuestion = 'select pg_create_physical_replication_slot($1, true, true)'

/** Begins the backup, with a restart point at once. `$1`: its label. */
export const beginBackupQuestion = (versionNum: number): string =>
  majorVersion(versionNum) < 15
    ? 'select pg_start_backup($1, true, false)'
    : 'select pg_backup_start($1, true)'

/** Ends it. Row `labelfile`: the content of the copy's `backup_label`, without which it would be recovered from the wrong place. */
export const endBackupQuestion = (versionNum: number): string =>
  `select labelfile from ${majorVersion(versionNum) < 15 ? 'pg_stop_backup(false, false)' : 'pg_backup_stop(false)'}`

/** The WAL file that recovery begins with, as `backup_label` names it; null where it does not. */
export const firstWalFile = (label: string): string | null =>
  /^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)$/m.exec(label)?.[1] ?? null

/** Exit code 0 where the copy has this WAL file. */
export const findWal = ({ data }: Pick<DrillPlaces, 'data'>, file: string): Command =>
  asDatabaseOwner(sh`[ -e ${`${data}/pg_wal/${file}`} ]`)
