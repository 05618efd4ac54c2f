import type { LabHost } from '@/lab/lab-host'
import { readLock } from '@/lib/commands/host-lock'
import { labWorlds } from '@/test/harness/lab-worlds'
import { groundOfHost } from '@/test/matrix/grounds'

/** What stands on one host, read past the network and without asking the dashboard. */
export type HostState = {
  readonly name: string
  readonly address: string
  readonly isOn: boolean
  /** System identifiers of all data directories, the one in use first. */
  readonly identifiers: readonly string[]
  /** Whether PostgreSQL answers as one out of recovery, or in recovery; neither where it does not answer. */
  readonly isWritable: boolean
  readonly isInRecovery: boolean
  /** Whether a row was written there, in a transaction that was rolled back. */
  readonly writesRow: boolean
  /** Address of the server that it streams from now; empty where it streams from none. */
  readonly streamsFrom: string
  /** Whether it is told to apply nothing of what it receives. */
  readonly isReplayPaused: boolean
  /** Its newest timeline; 0 where PostgreSQL does not answer. */
  readonly timeline: number
  /** Whether its PostgreSQL would come up as a standby. */
  readonly startsReadOnly: boolean
  /** Whether the application would start with the host. */
  readonly startsApplication: boolean
  readonly isScheduled: boolean
  /** Whether a copy of files runs now. */
  readonly isCopying: boolean
  /** What the host says that it is for the files, where the pair has no database; else empty. */
  readonly fileRole: string
  readonly identity: string
  /** Sums of the host's own files from before, wherever they lie now. */
  readonly ownFiles: readonly string[]
  readonly commandLines: string
  readonly lock: string
  /** Number of the newest row; null where PostgreSQL does not answer. */
  readonly rows: number | null
}

const writeRow = 'begin; create table matrix_row (a int); insert into matrix_row values (1); rollback'

/** Shell text that prints what `parseHostState` reads. */
function questionOf(host: LabHost): string {
  const { slug, places, isScheduled, psql, startsReadOnly, startsApplication } = groundOfHost(host)
  const { database, home } = host.layout
  const { identifiers } = labWorlds[host.layoutName]
  return `
echo "identifiers $( (${identifiers}) 2>/dev/null | tr '\\n' ' ')"
role=$(${psql} 'select pg_is_in_recovery()' postgres 2>/dev/null); echo "role $role"
if [ "$role" = f ]; then
  echo "timeline $(${psql} "select ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int" postgres 2>/dev/null)"
  if ${psql} '${writeRow}' postgres >/dev/null 2>&1; then echo "writes yes"; fi
elif [ "$role" = t ]; then
  ${psql} 'select $$timeline $$ || max(received_tli) from pg_stat_wal_receiver union all select $$streams-from $$ || sender_host from pg_stat_wal_receiver where status = $$streaming$$ union all select $$replay-paused $$ || pg_is_wal_replay_paused()::text' postgres 2>/dev/null
fi
if ${startsReadOnly}; then echo "starts-read-only yes"; fi
if ${startsApplication}; then echo "starts-application yes"; fi
if ${isScheduled}; then echo "scheduled yes"; fi
echo "file-role $(cat ${places.state}/${slug}/file-role 2>/dev/null)"
echo "identity $(cat /etc/machine-id) $(cut -d' ' -f2 /etc/ssh/ssh_host_ed25519_key.pub)"
echo "own $(find ${home} -name 'before-*' -type f -exec sha256sum {} + 2>/dev/null | cut -c1-16 | sort -u | tr '\\n' ' ')"
[ -z "$role" ] || echo "rows $(${psql} 'select coalesce(max(id), 0) from entries' ${database} 2>/dev/null)"
for f in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$f 2>/dev/null; done | sed 's/^/command /'; echo`
}

const off = {
  isOn: false,
  identifiers: [],
  isWritable: false,
  isInRecovery: false,
  writesRow: false,
  streamsFrom: '',
  isReplayPaused: false,
  timeline: 0,
  startsReadOnly: false,
  startsApplication: false,
  isScheduled: false,
  isCopying: false,
  fileRole: '',
  identity: '',
  ownFiles: [],
  commandLines: '',
  lock: '',
  rows: null,
}

const words = (text: string) => text.trim().split(/\s+/).filter(Boolean)

/** rsync as the sync program runs it: the program alone may be one that just finds that nothing is to be copied here. */
const isCopy = /^command (?:\S*\/)?rsync -e .* --backup-dir=/

/** Parses what a host has printed. */
export function parseHostState(
  { name, address }: Pick<HostState, 'name' | 'address'>,
  said: { readonly answer: string; readonly lock: string },
): HostState {
  const lines = said.answer.split('\n')
  const read = (key: string) => lines.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1) ?? ''
  const commands = lines.filter((line) => line.startsWith('command '))
  const rows = read('rows').trim()
  return {
    name,
    address,
    isOn: true,
    identifiers: words(read('identifiers')),
    isWritable: read('role') === 'f',
    isInRecovery: read('role') === 't',
    writesRow: read('writes') === 'yes',
    streamsFrom: read('streams-from').trim(),
    isReplayPaused: read('replay-paused').trim() === 'true',
    timeline: Number(read('timeline').trim() || 0),
    startsReadOnly: read('starts-read-only') === 'yes',
    startsApplication: read('starts-application') === 'yes',
    isScheduled: read('scheduled') === 'yes',
    isCopying: commands.some((line) => isCopy.test(line)),
    fileRole: read('file-role').trim(),
    identity: read('identity'),
    ownFiles: words(read('own')),
    commandLines: commands.join('\n'),
    lock: said.lock.replace(/^held -?\d+\n/, ''),
    rows: rows === '' ? null : Number(rows),
  }
}

async function readHostState(host: LabHost): Promise<HostState> {
  if (!host.isOn()) return { name: host.name, address: host.address, ...off }
  const { places } = groundOfHost(host)
  const [answer, lock] = await Promise.all([
    host.tryExec(questionOf(host), { timeoutMs: 120_000 }),
    host.tryExec(readLock(places).text),
  ])
  return parseHostState(host, { answer: answer.stdout, lock: lock.stdout })
}

export const readHostStates = (hosts: readonly LabHost[]): Promise<readonly HostState[]> =>
  Promise.all(hosts.map(readHostState))
