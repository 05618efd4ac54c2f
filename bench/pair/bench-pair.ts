import { awaitFact } from '@/lab/await-fact'
import type { LabHost } from '@/lab/lab-host'

/** Two hosts in the roles that they have before: `standby` is made of an installed host by the method that is measured. */
export type BenchPair = {
  readonly primary: LabHost
  readonly standby: LabHost
  /** What is to be closed after the trial, the latest first. */
  readonly closers: (() => Promise<void>)[]
}

/** Where Debian's PostgreSQL of the lab's hosts lies. */
export const dataDirectory = '/var/lib/postgresql/15/main'
export const binDirectory = '/usr/lib/postgresql/15/bin'
export const configDirectory = '/etc/postgresql/15/main'
export const unit = 'postgresql@15-main'

export const asPostgres = { user: 'postgres' }
/** For what takes as long as a database is large. */
export const patient = { timeoutMs: 900_000 }

/** Puts lines at the head of pg_hba.conf of a server that runs, which reads them at once. */
export async function letIn(host: LabHost, lines: readonly string[]): Promise<void> {
  const file = await host.sql('show hba_file')
  for (const line of lines) await host.exec(`sed -i '1i ${line}' ${file}`)
  await host.sql('select pg_reload_conf()')
}

/** Whoever measures may connect to the host, from this machine and from the others. */
export const letBenchIn = (host: LabHost) => letIn(host, ['host all bench samenet trust'])

const bytesAtScale = 15.6e6

/** The role of whoever measures, the table that is written to, and pgbench's, about `sizeGb` large. */
export async function loadDatabase(primary: LabHost, sizeGb: number): Promise<void> {
  await primary.sql(
    'create role bench login superuser; create table written (id int primary key, at timestamptz default clock_timestamp())',
  )
  const scale = Math.max(1, Math.round((sizeGb * 1e9) / bytesAtScale))
  await primary.exec(`${binDirectory}/pgbench -q -i -s ${scale} ledger >/dev/null 2>&1`, {
    ...asPostgres,
    ...patient,
  })
}

/** Both hosts, whose own servers run, let whoever measures in, and the first has what is written to. */
export async function furnish(
  { primary, standby }: Pick<BenchPair, 'primary' | 'standby'>,
  sizeGb: number,
): Promise<void> {
  await letBenchIn(primary)
  await letBenchIn(standby)
  await loadDatabase(primary, sizeGb)
}

/** Whether `standby` streams from `primary` by what it says itself. */
async function streamsFrom(standby: LabHost, primary: LabHost): Promise<boolean> {
  const question = `select 1 from pg_stat_wal_receiver where status = 'streaming' and sender_host = '${primary.address}'`
  const { stdout } = await standby.tryExec(`psql -qAtX -c "${question}" postgres`, asPostgres)
  return stdout.trim() === '1'
}

export const awaitStreaming = (standby: LabHost, primary: LabHost) =>
  awaitFact(`${standby.name} streams from ${primary.name}`, () => streamsFrom(standby, primary), {
    timeoutMs: 300_000,
    everyMs: 20,
  })
