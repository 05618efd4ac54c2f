import {
  asPostgres,
  awaitStreaming,
  type BenchPair,
  binDirectory,
  configDirectory,
  dataDirectory,
  letIn,
  patient,
  unit,
} from '@/bench/pair/bench-pair'
import { installPackages } from '@/bench/peers/install-packages'
import { awaitFact } from '@/lab/await-fact'
import type { LabHost } from '@/lab/lab-host'
import { makeStreaming } from '@/test/harness/watched-lab'

const cluster = '15-main'
const configPath = `/etc/patroni/${cluster}.yml`
const etcdPort = 2379
const restPort = 8008

/** The values of Debian's own template (`/etc/patroni/config.yml.in`), with trust in the place of passwords. */
const config = (host: LabHost, arbiter: LabHost) => `scope: bench
name: ${host.name}
etcd3:
  hosts: ${arbiter.address}:${etcdPort}
restapi:
  listen: ${host.address}:${restPort}
  connect_address: ${host.address}:${restPort}
bootstrap:
  dcs:
    ttl: 30
    loop_wait: 10
    retry_timeout: 10
    maximum_lag_on_failover: 1048576
    check_timeline: true
    postgresql:
      use_pg_rewind: true
      use_slots: true
postgresql:
  listen: "*:5432"
  connect_address: ${host.address}:5432
  use_unix_socket: true
  data_dir: ${dataDirectory}
  bin_dir: ${binDirectory}
  config_dir: ${configDirectory}
  pgpass: /var/lib/postgresql/patroni.pgpass
  authentication:
    replication:
      username: replicator
    superuser:
      username: postgres
  parameters:
    unix_socket_directories: /var/run/postgresql
`

async function startEtcd(arbiter: LabHost): Promise<void> {
  await arbiter.exec('cat >> /etc/default/etcd', {
    input: `ETCD_LISTEN_CLIENT_URLS=http://0.0.0.0:${etcdPort}\nETCD_ADVERTISE_CLIENT_URLS=http://${arbiter.address}:${etcdPort}\n`,
  })
  await arbiter.exec(`systemctl stop ${unit}; systemctl start etcd`)
}

/** What Patroni on the host answers (its documentation, REST API): 200 for a role that it has; null where it does not answer. */
async function ask(host: LabHost, path: string): Promise<{ status: number; timeline: unknown } | null> {
  try {
    const answer = await fetch(`http://${host.address}:${restPort}/${path}`)
    const said: unknown = await answer.json()
    const timeline = typeof said === 'object' && said !== null && 'timeline' in said ? said.timeline : null
    return { status: answer.status, timeline }
  } catch {
    return null
  }
}

async function startPatroni(host: LabHost, role: 'primary' | 'replica'): Promise<void> {
  await host.exec(`systemctl start patroni@${cluster}`)
  const is = async () => (await ask(host, role))?.status === 200
  await awaitFact(`Patroni's ${role} on ${host.name}`, is, patient)
}

/**
 * Installs Patroni on both hosts and etcd on the third, and gives it a pair that streams (Patroni documentation, “Convert a standalone to
 * a Patroni cluster”): it starts both servers itself, Debian's own unit may not be used beside it (README.Debian). Returns its switchover
 * as an operator types it, or why it can't be had (one line). Throws LabError where Patroni does not get there.
 */
export async function openPatroni(
  { primary, standby }: BenchPair,
  arbiter: LabHost,
): Promise<(() => Promise<void>) | string> {
  const why =
    (await installPackages([primary, standby], ['patroni', 'python3-etcd'])) ??
    (await installPackages([arbiter], ['etcd-server']))
  if (why !== null) return why
  await startEtcd(arbiter)
  await primary.sql('create role replicator login replication')
  for (const host of [primary, standby])
    await letIn(host, ['host all postgres samenet trust', 'host replication replicator samenet trust'])
  await makeStreaming(primary, standby)
  for (const host of [primary, standby])
    await host.exec(`cat > ${configPath} && chown postgres: ${configPath}`, { input: config(host, arbiter) })
  await standby.stopPostgres()
  await primary.stopPostgres()
  await startPatroni(primary, 'primary')
  await startPatroni(standby, 'replica')
  await awaitStreaming(standby, primary)
  // It promotes the primary once when it starts it, and has no candidate until the standby is known to be on that timeline.
  const timelineOf = async (host: LabHost) => (await ask(host, 'patroni'))?.timeline ?? null
  await awaitFact(
    'one timeline by what Patroni says',
    async () => {
      const timeline = await timelineOf(primary)
      return timeline !== null && timeline === (await timelineOf(standby))
    },
    patient,
  )
  const command = `patronictl -c ${configPath} switchover bench --leader ${primary.name} --candidate ${standby.name} --force`
  return async () => {
    const said = await standby.exec(command, { ...asPostgres, ...patient })
    // Its exit code is 0 where it was refused, too.
    if (!said.includes('Successfully switched over')) throw new Error(said)
  }
}
