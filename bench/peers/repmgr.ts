import {
  asPostgres,
  type BenchPair,
  binDirectory,
  dataDirectory,
  letIn,
  patient,
  unit,
} from '@/bench/pair/bench-pair'
import { installPackages } from '@/bench/peers/install-packages'
import { awaitFact } from '@/lab/await-fact'
import type { LabHost } from '@/lab/lab-host'

const configPath = '/etc/repmgr.conf'
const packages = ['repmgr', 'postgresql-15-repmgr']
const conninfo = (host: LabHost) => `host=${host.address} user=repmgr dbname=repmgr`

/**
 * As repmgr's manual has it on Debian: its service commands by `sudo pg_ctlcluster` (“service command settings”: with its own pg_ctl it
 * can't start a server whose configuration lies below /etc), and `connect_timeout=2` for `conninfo`.
 */
const config = (host: LabHost, id: number) => `node_id=${id}
node_name='${host.name}'
conninfo='${conninfo(host)} connect_timeout=2'
data_directory='${dataDirectory}'
pg_bindir='${binDirectory}'
${['start', 'stop', 'restart', 'reload'].map((action) => `service_${action}_command='sudo pg_ctlcluster 15 main ${action}'`).join('\n')}
`

type Hosts = Pick<BenchPair, 'primary' | 'standby'>

/**
 * A command of repmgr, as an operator types it; its own log is what it throws where it fails. Returns when it was begun, in epoch
 * milliseconds of the host.
 */
async function repmgr(host: LabHost, words: string): Promise<number> {
  const command = `date +%s%3N; repmgr -f ${configPath} ${words} >/tmp/repmgr.log 2>&1 || { cat /tmp/repmgr.log >&2; exit 1; }`
  return Number(await host.exec(command, { ...asPostgres, ...patient }))
}

/** Clones the standby and registers it. It follows by its name in repmgr's records, which its other commands ask for. */
export async function cloneByRepmgr({ primary, standby }: Hosts): Promise<void> {
  await standby.exec(`systemctl stop ${unit}; rm -rf ${dataDirectory}`)
  await repmgr(standby, `-d '${conninfo(primary)}' standby clone --fast-checkpoint`)
  await standby.exec('sudo pg_ctlcluster 15 main start', asPostgres)
  await repmgr(standby, 'standby register --force --wait-sync=60')
}

/**
 * Installs repmgr on two hosts and makes a pair of them, as its manual shows (“Quick-start guide”). Null when it streams, else why that
 * can't be (one line). Throws LabError where repmgr refuses.
 */
export async function openRepmgr({ primary, standby }: Hosts): Promise<string | null> {
  const why = await installPackages([primary, standby], packages)
  if (why !== null) return why
  for (const [index, host] of [primary, standby].entries()) {
    await host.exec(`cat > ${configPath}`, { input: config(host, index + 1) })
    await host.exec('cat > /etc/sudoers.d/repmgr && chmod 440 /etc/sudoers.d/repmgr', {
      input: 'postgres ALL=(root) NOPASSWD: /usr/bin/pg_ctlcluster\n',
    })
    await letIn(host, ['host repmgr repmgr samenet trust', 'host replication repmgr samenet trust'])
  }
  await primary.exec('createuser -s repmgr && createdb repmgr -O repmgr', asPostgres)
  await primary.sql("alter system set wal_keep_size = '512MB'; select pg_reload_conf()")
  await repmgr(primary, 'primary register')
  await cloneByRepmgr({ primary, standby })
  return null
}

/** Promotes by repmgr's own command. Returns when it was begun, in epoch milliseconds of the host. */
export const promoteByRepmgr = (standby: LabHost): Promise<number> => repmgr(standby, 'standby promote')

/** A host whose server is stopped joins again as the standby of `primary`; what it has beyond it is rewound if `rewinds`. */
export async function rejoinByRepmgr({ primary, standby }: Hosts, rewinds: boolean): Promise<void> {
  // What the control file of a primary says of its timeline right behind its promotion is the old one until a checkpoint.
  if (rewinds) await primary.exec('psql -qX -c checkpoint postgres', { ...asPostgres, ...patient })
  await repmgr(standby, `-d '${conninfo(primary)}' node rejoin${rewinds ? ' --force-rewind' : ''}`)
}

/** Both hosts let `postgres` of the other one sign in by SSH without a password, which repmgr's switchover needs. */
export async function letSignIn({ primary, standby }: Hosts): Promise<void> {
  const hosts = [primary, standby]
  for (const host of hosts)
    await host.exec(
      'mkdir -p ~/.ssh && chmod 700 ~/.ssh && ssh-keygen -q -t ed25519 -N "" -f ~/.ssh/id_ed25519',
      asPostgres,
    )
  for (const [index, host] of hosts.entries()) {
    const other = hosts[1 - index]
    if (!other) continue
    await host.exec('cat >> ~/.ssh/authorized_keys', {
      ...asPostgres,
      input: `${await other.exec('cat ~/.ssh/id_ed25519.pub', asPostgres)}\n`,
    })
    await host.exec(`printf '${other.address} %s\\n' '${other.hostKey}' >> ~/.ssh/known_hosts`, asPostgres)
  }
}

/** Exchanges the roles by repmgr's own command, typed on the standby; resolves when it has ended. Throws LabError where it fails. */
export const switchOverByRepmgr = async ({ standby }: Pick<BenchPair, 'standby'>): Promise<void> => {
  await repmgr(standby, 'standby switchover')
}

/**
 * Lets repmgrd of both hosts run and start at boot, and fail over by itself, as Debian has it: a script of init that asks /etc/default/repmgrd. It needs its
 * library in the server, so PostgreSQL is restarted.
 */
export async function startRepmgrd(hosts: readonly LabHost[]): Promise<void> {
  for (const host of hosts) {
    await host.exec(
      `cat >> ${configPath} && printf '%s\\n' REPMGRD_ENABLED=yes 'REPMGRD_CONF=${configPath}' > /etc/default/repmgrd`,
      {
        input: `failover=automatic
promote_command='repmgr standby promote -f ${configPath}'
follow_command='repmgr standby follow -f ${configPath} --upstream-node-id=%n'
`,
      },
    )
    await host.sql("alter system set shared_preload_libraries = 'repmgr'", 'postgres')
    await host.stopPostgres()
    await host.startPostgres()
  }
  for (const host of hosts) await host.exec('systemctl enable repmgrd && systemctl restart repmgrd')
  for (const host of hosts)
    await awaitFact(
      `repmgrd of ${host.name}`,
      async () => (await host.tryExec('pgrep -x repmgrd')).exitCode === 0,
    )
}
