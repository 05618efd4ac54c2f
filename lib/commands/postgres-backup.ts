import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { gentle } from '@/lib/commands/gentle'
import { trialRateKb } from '@/lib/domain/copy-compression'

type Tablespaces = readonly { readonly location: string; readonly copy: string }[]

/** Each tablespace in its own place; an equals sign is escaped (documentation, pg_basebackup). */
function mappedTo(tablespaces: Tablespaces): Command {
  const escaped = (path: string) => path.replaceAll('=', '\\=')
  const mapped = tablespaces.flatMap(({ location, copy }) => ['-T', `${escaped(location)}=${escaped(copy)}`])
  return mapped.length === 0 ? sh`` : sh` ${mapped}`
}

/** How the copy is packed on its way, and the sentence that its job's output begins with. */
export type BackupCompression = { readonly method: string; readonly sentence: string }

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
  tablespaces: Tablespaces
  /** Null where PostgreSQL can't pack a copy in plain format (before 15). */
  compression: BackupCompression | null
  /** What it takes at most, kB/s (1024 bytes), and that it gives way to all else on its host; nothing: as fast as it goes. */
  gentlyAtKb?: number
}): Command {
  const slot = options.slot === null ? sh`` : sh` -S ${options.slot}`
  const { compression, gentlyAtKb } = options
  const said = compression === null ? sh`` : sh`echo ${compression.sentence}; `
  const packed = compression === null ? sh`` : sh` --compress=${compression.method}`
  const [first, rate] =
    gentlyAtKb === undefined ? [sh``, sh``] : [sh`${gentle} `, sh` --max-rate=${gentlyAtKb}`]
  return asDatabaseOwner(
    sh`${said}${first}${`${options.binDirectory}/pg_basebackup`} -D ${options.target} -X stream${slot}${mappedTo(options.tablespaces)}${packed}${rate} -c fast --progress --no-clean --no-password -d ${options.conninfo}`,
  )
}

/**
 * Begins the same copy for about a second from its first byte on, removes what came, and says how much that was: bytes as they lie on
 * the standby's disk, unpacked. A method that the server or the client was built without is refused by `pg_basebackup` itself. Prints
 * `bytes=`, `ms=` and `exit=` (empty while it still ran when the second was over).
 */
export function trialBackup(options: {
  binDirectory: string
  /** Its name has the operation's mark and ends with `-trial`. */
  target: string
  conninfo: string
  tablespaces: Tablespaces
  method: string
}): Command {
  const paths = [options.target, ...options.tablespaces.map(({ copy }) => copy)]
  const removed = sh`rm -rf -- ${paths}`
  return asDatabaseOwner(sh`${removed} || exit 1
timeout 60 ${`${options.binDirectory}/pg_basebackup`} -D ${options.target} -X none --no-manifest${mappedTo(options.tablespaces)} --compress=${options.method} --max-rate=${trialRateKb} -c fast --no-clean --no-password -d ${options.conninfo} & job=$!
trap 'kill $job; exit 1' HUP INT TERM
until [ -n "$(find ${paths} -type f 2>/dev/null | head -n 1)" ] || ! kill -0 $job 2>/dev/null; do sleep 0.05; done
begun=$(date +%s%N) turn=0
while [ $turn -lt 20 ] && kill -0 $job 2>/dev/null; do sleep 0.05; turn=$((turn + 1)); done
bytes=$(find ${paths} -type f -printf '%s\\n' 2>/dev/null | awk '{ n += $1 } END { printf "%.0f", n }')
ended=$(date +%s%N) code=
if kill $job 2>/dev/null; then wait $job; else wait $job; code=$?; fi
${removed}
echo "bytes=$bytes ms=$(((ended - begun) / 1000000)) exit=$code"`)
}

/**
 * Progress of a base backup on the primary: `phase`, `done_bytes`, `total_bytes` (null until estimated). PostgreSQL 13
 * or newer (documentation 28.4.5). `$1`: application_name of the walsender.
 */
export const backupProgressQuestion = `select p.phase, p.backup_streamed::float8 as done_bytes, p.backup_total::float8 as total_bytes
from pg_stat_progress_basebackup p join pg_stat_activity a using (pid)
where a.application_name = $1 order by a.backend_start desc limit 1`
