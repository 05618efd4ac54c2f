import { z } from 'zod'
import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { buildConninfo } from '@/lib/commands/conninfo'
import { drillOfSentinel, isDrillRoot, parentOf, sentinelName } from '@/lib/domain/drill-places'
import { parseJsonAnswer } from '@/lib/facts/json-answer'
import { toPairs, unreadableSurvey } from '@/lib/facts/machine-survey'

/** A directory that a drill would make a directory of its own in. */
const parent = z.object({
  path: z.string(),
  isWritable: z.boolean(),
  /** Of its file system, as in `PathFacts`. */
  device: z.string(),
  freeBytes: z.number(),
  sizeBytes: z.number(),
  fileSystem: z.string(),
  /** It lies in the data that would be copied. */
  isInData: z.boolean(),
  /** Blocks of the data can be shared with files here: it was tried. */
  sharesBlocks: z.boolean(),
})

/** What a host says of itself before a drill is planned. */
export const drillHostSurvey = z.object({
  /** Where the data directory's copy would lie, then where those of the tablespaces would, in their order. */
  parents: z.array(parent),
  /** What earlier drills have left there, each proved by its sentinel. */
  leftovers: z.array(z.object({ root: z.string(), operationId: z.string() })),
  hasAmcheck: z.boolean(),
  hasTimeout: z.boolean(),
  /** Whether the owner of the database may replicate over the server's own socket; null where it can't be tried, for want of psql. */
  mayReplicate: z.boolean().nullable(),
  processors: z.number(),
  /** Runnable and waiting processes over the last minute, on average (proc_loadavg(5)). */
  load: z.number(),
  /** Memory for a new program without swapping, bytes (proc_meminfo(5), MemAvailable). */
  memoryBytes: z.number(),
})
export type DrillHostSurvey = z.infer<typeof drillHostSurvey>

type Asked = {
  /** The data directory itself. */
  readonly dataDirectory: string
  /** Of the directory that would be made for its copy. */
  readonly root: string
  readonly tablespaces: readonly { readonly location: string }[]
  readonly binDirectory: string
  readonly socketDirectory: string
  readonly port: number
  readonly osUser: string
}

/** How the standby's own server is reached by its owner, as a base backup reaches it. */
export const ownerConninfo = (
  { socketDirectory, port, osUser }: Pick<Asked, 'socketDirectory' | 'port' | 'osUser'>,
  applicationName: string,
): string => buildConninfo({ host: socketDirectory, port, user: osUser, application_name: applicationName })

/**
 * Lines `key=value`; `parent=` and `leftover=` are lines of tab-separated fields. Whether blocks can be shared is tried, on the file systems
 * that might, with a file that is gone again at once: nothing else tells for sure.
 */
export function drillHostQuestion(asked: Asked): Command {
  const { dataDirectory, root, tablespaces, binDirectory } = asked
  const conninfo = `${ownerConninfo(asked, 'understudy')} dbname=replication replication=true`
  const parents = [parentOf(root), ...tablespaces.map(({ location }) => location)]
  return asDatabaseOwner(sh`show() { printf '%s=%s\\n' "$1" "$2"; }
d=${dataDirectory}; b=${binDirectory}
shares() { case $2 in xfs|btrfs|bcachefs|zfs|ocfs2) ;; *) echo no; return ;; esac
a=$(mktemp -- "$1/.understudy-shares.XXXXXX") || { echo no; return; }
f=$a; [ "$1" = ${parentOf(root)} ] && f=$d/global/pg_control || head -c 8192 /dev/zero >"$a"
cp --reflink=always -- "$f" "$a.copy" 2>/dev/null && echo yes || echo no; rm -f -- "$a" "$a.copy"; }
for p in ${parents}; do
  set -- $(df -B1 --output=avail,size,fstype -- "$p" 2>/dev/null | tail -n 1)
  case $(readlink -f -- "$p")/ in "$(readlink -f -- "$d")"/*) i=yes ;; *) i=no ;; esac
  [ -d "$p" ] && [ -w "$p" ] && [ -x "$p" ] && w=yes || w=no
  printf 'parent=%s\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\n' "$p" "$w" "$(stat -Lc %d -- "$p" 2>/dev/null)" "$1" "$2" "$3" "$i" "$([ "$w" = yes ] && shares "$p" "$3" || echo no)"
  for l in "$p"/*.understudy-????????-drill "$p"/.understudy-????????-drill; do
    [ -d "$l" ] && [ ! -L "$l" ] && printf 'leftover=%s\\t%s\\n' "$l" "$(head -n 1 -- "$l/${sentinelName}" 2>/dev/null)"
  done
done
show amcheck "$([ -x "$b/pg_amcheck" ] && echo yes || echo no)"
show timeout "$(command -v timeout >/dev/null && echo yes || echo no)"
if [ -x "$b/psql" ]; then "$b/psql" -XAtqw -c IDENTIFY_SYSTEM ${conninfo} >/dev/null 2>&1 && show replicates yes || show replicates no; fi
show processors "$(nproc)"
show load "$(cut -d' ' -f1 /proc/loadavg)"
show memory "$(sed -n 's/^MemAvailable: *\\([0-9]*\\) kB$/\\1/p' /proc/meminfo)"`)
}

const fieldsOf = (text: string, key: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`${key}=`))
    .map((line) => line.slice(key.length + 1).split('\t'))

/** Parses `drillHostQuestion`. Throws HOST_COMMAND_FAILED on another shape. */
export function parseDrillHostSurvey(text: string): DrillHostSurvey {
  const pairs = toPairs(text)
  const replicates = pairs.get('replicates')
  const parsed = drillHostSurvey.safeParse({
    parents: fieldsOf(text, 'parent').map(
      ([path, writable, device, free, size, fileSystem, isIn, shares]) => ({
        path,
        isWritable: writable === 'yes',
        device,
        freeBytes: Number(free || 0),
        sizeBytes: Number(size || 0),
        isInData: isIn === 'yes',
        fileSystem,
        sharesBlocks: shares === 'yes',
      }),
    ),
    leftovers: fieldsOf(text, 'leftover').flatMap(([root = '', sentinel = '']) => {
      const operationId = drillOfSentinel(sentinel)
      return operationId !== null && isDrillRoot(root) ? [{ root, operationId }] : []
    }),
    hasAmcheck: pairs.get('amcheck') === 'yes',
    hasTimeout: pairs.get('timeout') === 'yes',
    mayReplicate: replicates === undefined ? null : replicates === 'yes',
    processors: Number(pairs.get('processors') || 'x'),
    load: Number(pairs.get('load') || 'x'),
    memoryBytes: Number(pairs.get('memory') || 'x') * 1_024,
  })
  if (!parsed.success) throw unreadableSurvey('what a drill needs', z.prettifyError(parsed.error))
  return parsed.data
}

/** What the standby's server says of itself before a drill is planned. */
export const drillServerSurvey = z.object({
  sharedPreloadLibraries: z.string(),
  maxPreparedTransactions: z.string(),
  maxLocksPerTransaction: z.string(),
  archiveMode: z.string(),
  /** The extension that pg_amcheck works by can be put into the copy's databases. */
  hasAmcheckExtension: z.boolean(),
  /** WAL senders that nobody uses: a backup needs two. */
  freeSenders: z.number(),
  /** Replication slots that nobody has: a copy keeps its WAL by one. */
  freeSlots: z.number(),
  isStreaming: z.boolean(),
  /** Bytes of WAL that it knows of and has not replayed. */
  waitingBytes: z.number().nullable(),
  replayPaused: z.boolean(),
})
export type DrillServerSurvey = z.infer<typeof drillServerSurvey>

/** One row, one column `survey` of type json; to be asked as the database's owner on PostgreSQL 12 or newer. */
export const drillServerQuestion = `select json_build_object(
  'sharedPreloadLibraries', current_setting('shared_preload_libraries'),
  'maxPreparedTransactions', current_setting('max_prepared_transactions'),
  'maxLocksPerTransaction', current_setting('max_locks_per_transaction'),
  'archiveMode', current_setting('archive_mode'),
  'hasAmcheckExtension', exists (select from pg_available_extensions where name = 'amcheck'),
  'freeSenders', current_setting('max_wal_senders')::int - (select count(*) from pg_stat_replication),
  'freeSlots', current_setting('max_replication_slots')::int - (select count(*) from pg_replication_slots),
  'isStreaming', exists (select from pg_stat_wal_receiver where status = 'streaming'),
  'waitingBytes', case when pg_is_in_recovery() then pg_wal_lsn_diff(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), pg_last_wal_replay_lsn()) end,
  'replayPaused', case when pg_is_in_recovery() then pg_is_wal_replay_paused() else false end
) as survey`

/** Parses the row of `drillServerQuestion`. Throws POSTGRES_QUERY_FAILED on an answer of another shape. */
export const parseDrillServerSurvey = (
  rows: readonly Readonly<Record<string, unknown>>[],
): DrillServerSurvey => parseJsonAnswer(drillServerSurvey, rows[0]?.survey, 'the survey for a drill')
