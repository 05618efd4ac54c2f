import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { drillFile, drillMark } from '@/lib/commands/drill/drill-roots'
import type { FileToWrite } from '@/lib/commands/file'
import { gentle } from '@/lib/commands/gentle'
import { killPostgres } from '@/lib/commands/postgres-server'
import { type SqlStatement, sql, sqlLiteral } from '@/lib/commands/sql'
import type { DrillPlaces } from '@/lib/domain/drill-places'
import type { OperationId } from '@/lib/domain/operation'

type Binaries = { readonly binDirectory: string }

/** What of the standby's own settings the copy has to share to read its data. */
export type SharedSettings = {
  readonly sharedPreloadLibraries: string
  readonly maxPreparedTransactions: string
  readonly maxLocksPerTransaction: string
}

/**
 * The copy's whole configuration. It listens on no network, only on a socket in the drill's own directory. It receives, sends and archives
 * nothing. No background worker can start (max_worker_processes), and so nothing that an extension, a job or a subscription would do: a
 * subscription in a promoted copy would take from the publisher what is the real server's. That these are lower than the primary's is
 * allowed while nobody may ask during recovery (PostgreSQL documentation 27.4.3: they are compared in hot standby alone); what was prepared
 * for two-phase commit is recovered all the same, and needs its number.
 */
const copySettings = (places: DrillPlaces, port: number, shared: SharedSettings) =>
  ({
    listen_addresses: '',
    port: String(port),
    unix_socket_directories: places.root,
    unix_socket_permissions: '0700',
    ssl: 'off',
    hba_file: `${places.data}/pg_hba.conf`,
    ident_file: `${places.data}/pg_ident.conf`,
    external_pid_file: '',
    hot_standby: 'off',
    primary_conninfo: '',
    primary_slot_name: '',
    restore_command: '',
    archive_mode: 'off',
    archive_cleanup_command: '',
    recovery_end_command: '',
    wal_retrieve_retry_interval: '1s',
    max_wal_senders: '0',
    max_worker_processes: '0',
    max_logical_replication_workers: '0',
    max_connections: '20',
    max_prepared_transactions: shared.maxPreparedTransactions,
    max_locks_per_transaction: shared.maxLocksPerTransaction,
    shared_preload_libraries: shared.sharedPreloadLibraries,
    shared_buffers: '128MB',
    huge_pages: 'off',
    autovacuum: 'off',
    restart_after_crash: 'off',
    logging_collector: 'off',
    log_destination: 'stderr',
    cluster_name: 'understudy drill',
  }) as const

const toConf = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join('')

/** The files that make a copy a server of its own; the mark that they are there last: the first of them to go is `standby.signal`, at promotion. */
export function isolationFiles(given: {
  readonly places: DrillPlaces
  readonly port: number
  readonly shared: SharedSettings
  readonly sentinel: string
  readonly osUser: string
}): readonly FileToWrite[] {
  const { places, port, shared, sentinel, osUser } = given
  const file = (name: string, content: string) => drillFile(`${places.data}/${name}`, content, osUser)
  return [
    file('postgresql.conf', toConf(copySettings(places, port, shared))),
    file('postgresql.auto.conf', ''),
    file('pg_hba.conf', 'local all all peer\n'),
    file('pg_ident.conf', ''),
    file('standby.signal', `${sentinel}\n`),
    drillMark(places, 'isolated', osUser),
  ]
}

/**
 * Prints every link in the copy that leads anywhere but into the drill's own directories, one a line: a server that is started on one would
 * write to the standby's own data. Those of tablespaces that the drill made are expected; there are no others.
 */
export const findEscapes = ({ data, roots }: DrillPlaces): Command =>
  asDatabaseOwner(sh`find ${data} -type l | while read -r l; do
  p=$(readlink -f -- "$l"); is=no
  for r in ${roots}; do case $p in "$(readlink -f -- "$r")"/*) is=yes ;; esac; done
  [ "$is" = yes ] || printf '%s -> %s\\n' "$l" "$p"
done`)

const logPath = ({ root }: Pick<DrillPlaces, 'root'>): string => `${root}/log`

const pgCtl = ({ binDirectory }: Binaries, { data }: Pick<DrillPlaces, 'data'>, action: Command): Command =>
  sh`${`${binDirectory}/pg_ctl`} -D ${data} ${action}`

/**
 * Starts the copy's server, which gives way to all else on its host. Returns when it recovers, or after some seconds when it is not that far: it
 * first brings all its files to disk. Exit code other than 0 where it is not that far, or has ended.
 */
export const startCopy = (binaries: Binaries, places: DrillPlaces): Command =>
  asDatabaseOwner(sh`${gentle} ${pgCtl(binaries, places, sh`-w -t 10 -s -l ${logPath(places)} start`)}`)

/** Tells it to leave recovery as soon as it has replayed the WAL that it has; said again until it has heard it. */
export const promoteCopy = (binaries: Binaries, places: DrillPlaces): Command =>
  asDatabaseOwner(pgCtl(binaries, places, sh`-W -s promote`))

/** Exit code 0 while a server runs in the copy. */
export const copyStatus = (binaries: Binaries, places: DrillPlaces): Command =>
  asDatabaseOwner(pgCtl(binaries, places, sh`status`))

/** Ends the copy's server at once; what it has written is thrown away with it. Does nothing where none runs. */
export function stopCopy(binaries: Binaries, places: Pick<DrillPlaces, 'data'>): Command {
  const kill = killPostgres({ dataDirectory: places.data })
  return asDatabaseOwner(sh`[ -d ${places.data} ] || exit 0
${pgCtl(binaries, places, sh`-m immediate -w -t 60 -s stop`)} 2>/dev/null
${kill}`)
}

/** The end of the copy's log. */
export const readCopyLog = (places: DrillPlaces, lines: number): Command =>
  asDatabaseOwner(sh`tail -n ${lines} -- ${logPath(places)} 2>/dev/null; true`)

/**
 * The row by which a copy is known to accept writes. Its time is that of its first writing, by the host's clock, whoever writes it again.
 * Nothing of it reaches the standby: the copy has a data directory of its own.
 */
export const writeDrillRow = (operationId: OperationId): SqlStatement =>
  sql(`do $understudy$ begin
  create schema if not exists understudy;
  create table if not exists understudy.drills (operation text primary key, written_at timestamptz not null default clock_timestamp());
  insert into understudy.drills (operation) values (${sqlLiteral(operationId)}) on conflict do nothing;
end $understudy$`)

/**
 * Row `recovery_ms` from the start of the copy's server to its first row, null where the server was started anew since; and `timeline`. `$1`: the
 * operation's id.
 */
export const recoveryQuestion = `select case when written_at >= pg_postmaster_start_time()
    then extract(epoch from written_at - pg_postmaster_start_time())::float8 * 1000 end as recovery_ms,
  ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int as timeline
from understudy.drills where operation = $1`
