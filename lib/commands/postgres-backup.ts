import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'

/**
 * A base backup into a directory that does not exist yet. WAL is streamed beside it; the checkpoint is taken at once;
 * `--progress` makes the server estimate the total. The password comes from the passfile of the connection string. What
 * a failure leaves behind stays (`--no-clean`), so that a full disk can still be seen; the operation removes it.
 */
export function baseBackup(options: {
  binDirectory: string
  target: string
  /** As in `buildReplicationConninfo`. */
  conninfo: string
  /** The slot that WAL is streamed by, so that none of it can be discarded; null: a temporary one. */
  slot: string | null
  /** Tablespaces, each by its place on the primary and that of its copy here. */
  tablespaces: readonly { readonly location: string; readonly copy: string }[]
}): Command {
  const slot = options.slot === null ? sh`` : sh` -S ${options.slot}`
  // In `-T` an equals sign is escaped (documentation, pg_basebackup).
  const escaped = (path: string) => path.replaceAll('=', '\\=')
  const mapped = options.tablespaces.flatMap(({ location, copy }) => [
    '-T',
    `${escaped(location)}=${escaped(copy)}`,
  ])
  const tablespaces = mapped.length === 0 ? sh`` : sh` ${mapped}`
  return asDatabaseOwner(
    sh`${`${options.binDirectory}/pg_basebackup`} -D ${options.target} -X stream${slot}${tablespaces} -c fast --progress --no-clean --no-password -d ${options.conninfo}`,
  )
}

/**
 * Progress of a base backup on the primary: `phase`, `done_bytes`, `total_bytes` (null until estimated). PostgreSQL 13
 * or newer (documentation 28.4.5). `$1`: application_name of the walsender.
 */
export const backupProgressQuestion = `select p.phase, p.backup_streamed::float8 as done_bytes, p.backup_total::float8 as total_bytes
from pg_stat_progress_basebackup p join pg_stat_activity a using (pid)
where a.application_name = $1 order by a.backend_start desc limit 1`
