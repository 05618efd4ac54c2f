import {
  asPostgres,
  awaitStreaming,
  type BenchPair,
  binDirectory,
  configDirectory,
  letBenchIn,
  loadDatabase,
  patient,
  unit,
} from '@/bench/pair/bench-pair'
import { installPackages } from '@/bench/peers/install-packages'
import { awaitFact } from '@/lab/await-fact'
import type { LabHost } from '@/lab/lab-host'

const packages = ['pg-auto-failover-cli', 'postgresql-15-auto-failover']
const home = '/var/lib/postgresql'
const [monitorData, nodeData] = [`${home}/monitor`, `${home}/node`]

/** A command of pg_autoctl as `postgres`, with the locale of the lab's own servers: it runs initdb. */
const autoctl = (host: LabHost, words: string) =>
  host.exec(
    `env LC_ALL=en_US.UTF-8 pg_autoctl ${words} >/tmp/autoctl.log 2>&1 || { cat /tmp/autoctl.log >&2; exit 1; }`,
    { ...asPostgres, ...patient },
  )

/** The options of each node that is made. Without TLS, which its own documentation would have self-signed for each node. */
const common = (host: LabHost, data: string) =>
  `--pgdata ${data} --pgctl ${binDirectory}/pg_ctl --pgport 5432 --hostname ${host.address} --auth trust --no-ssl`

/** Runs it by the unit that it prints itself (its documentation, “Tutorial”). */
async function runAsUnit(host: LabHost, data: string): Promise<void> {
  await host.exec(
    `runuser -u postgres -- pg_autoctl -q show systemd --pgdata ${data} >/etc/systemd/system/pgautofailover.service && systemctl daemon-reload && systemctl start pgautofailover`,
  )
}

async function makeMonitor(arbiter: LabHost): Promise<void> {
  await autoctl(arbiter, `create monitor ${common(arbiter, monitorData)}`)
  await runAsUnit(arbiter, monitorData)
  await awaitAnswer(arbiter, 'pg_auto_failover')
}

/** What a node has reported last is of before its unit was started, so its server is asked. */
const awaitAnswer = (host: LabHost, database: string) =>
  awaitFact(
    `the server of ${host.name}`,
    async () => (await host.tryExec(`psql -qAtX -d ${database} -c 'select 1'`, asPostgres)).exitCode === 0,
    patient,
  )

async function askMonitor(arbiter: LabHost, question: string): Promise<string> {
  const { stdout } = await arbiter.tryExec(`psql -qAtX -d pg_auto_failover -c "${question}"`, asPostgres)
  return stdout.trim()
}

/** The states of all nodes, in the order in which they were made, once each is what it is to be. */
const awaitStates = (arbiter: LabHost, states: string) =>
  awaitFact(
    `nodes that are ${states}`,
    async () =>
      (await askMonitor(
        arbiter,
        `select string_agg(reportedstate::text, ' ' order by nodeid) from pgautofailover.node having bool_and(reportedstate = goalstate)`,
      )) === states,
    patient,
  )

/** Makes a node, the first one with initdb, the next one with a base backup of it. It does not run then. */
async function makeNode(host: LabHost, arbiter: LabHost): Promise<void> {
  const monitor = `postgres://autoctl_node@${arbiter.address}:5432/pg_auto_failover?sslmode=prefer`
  await autoctl(
    host,
    `create postgres ${common(host, nodeData)} --name ${host.name} --dbname ledger --monitor '${monitor}'`,
  )
}

/**
 * Installs pg_auto_failover on both hosts and its monitor on the third, and makes a pair as its documentation shows (“Tutorial”): it has
 * data directories of its own. Returns its switchover as an operator types it, or why it can't be had (one line). Throws LabError where
 * pg_autoctl refuses.
 */
export async function openAutoFailover(
  { primary, standby }: BenchPair,
  arbiter: LabHost,
  sizeGb: number,
): Promise<(() => Promise<void>) | string> {
  const why = await installPackages([primary, standby, arbiter], packages)
  if (why !== null) return why
  for (const host of [primary, standby, arbiter]) await host.exec(`systemctl stop ${unit}`)
  await makeMonitor(arbiter)
  await makeNode(primary, arbiter)
  // The settings of the lab's own servers, which the standby copies with the rest.
  await primary.exec(`cat ${configDirectory}/conf.d/lab.conf >>${nodeData}/postgresql.conf`, asPostgres)
  await runAsUnit(primary, nodeData)
  await awaitAnswer(primary, 'ledger')
  await letBenchIn(primary)
  await loadDatabase(primary, sizeGb)
  await makeNode(standby, arbiter)
  await runAsUnit(standby, nodeData)
  await awaitStates(arbiter, 'primary secondary')
  await awaitStreaming(standby, primary)
  return async () => {
    await autoctl(arbiter, `perform switchover --pgdata ${monitorData}`)
  }
}
