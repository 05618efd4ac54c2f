import { installPackages } from '@/bench/peers/install-packages'
import type { BenchPair } from '@/bench/switchover/measure'
import { awaitFact } from '@/lab/await-fact'
import type { LabHost } from '@/lab/lab-host'

const configPath = '/etc/repmgr.conf'
const packages = ['repmgr', 'postgresql-15-repmgr']
const asPostgres = { user: 'postgres' }

/** `connect_timeout=2` is what repmgr's manual recommends for `conninfo`. */
const config = (host: LabHost, id: number) => `node_id=${id}
node_name='${host.name}'
conninfo='host=${host.address} user=repmgr dbname=repmgr connect_timeout=2'
data_directory='/var/lib/postgresql/15/main'
pg_bindir='/usr/lib/postgresql/15/bin'
`

/**
 * Installs repmgr on a pair that streams and registers both there, as its manual shows. Null when it is ready, else why it can't be
 * (one line). Throws LabError where repmgr refuses.
 */
export async function registerRepmgr(primary: LabHost, standby: LabHost): Promise<string | null> {
  const why = await installPackages([primary, standby], packages)
  if (why !== null) return why
  for (const [index, host] of [primary, standby].entries()) {
    await host.exec(`cat > ${configPath}`, { input: config(host, index + 1) })
    await host.exec(
      `for db in repmgr replication; do for address in ${primary.address} ${standby.address}; do
         sed -i "1i host $db repmgr $address/32 trust" /etc/postgresql/15/main/pg_hba.conf
       done; done; systemctl reload postgresql@15-main`,
    )
  }
  await primary.exec('createuser -s repmgr && createdb repmgr -O repmgr', asPostgres)
  await primary.exec(`repmgr -f ${configPath} primary register`, asPostgres)
  await awaitFact('the registered primary on the standby', async () => {
    const { stdout } = await standby.tryExec(
      `psql -qAtX -d repmgr -c 'select node_id from repmgr.nodes'`,
      asPostgres,
    )
    return stdout.trim() === '1'
  })
  await standby.exec(`repmgr -f ${configPath} standby register --force`, asPostgres)
  return null
}

/** Promotes by repmgr's own command, as an operator types it. Returns when it was begun, in epoch milliseconds of the host. */
export async function promoteByRepmgr(standby: LabHost): Promise<number> {
  const said = await standby.exec(
    `date +%s%3N; repmgr -f ${configPath} standby promote >/tmp/repmgr.log 2>&1 || { cat /tmp/repmgr.log >&2; exit 1; }`,
    asPostgres,
  )
  return Number(said.split('\n')[0])
}

/** Both hosts let `postgres` of the other one sign in by SSH without a password, which repmgr's switchover needs. */
export async function letSignIn({ primary, standby }: Pick<BenchPair, 'primary' | 'standby'>): Promise<void> {
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
      input: await other.exec('cat ~/.ssh/id_ed25519.pub', asPostgres),
    })
    await host.exec(`printf '${other.address} %s\\n' '${other.hostKey}' >> ~/.ssh/known_hosts`, asPostgres)
  }
}

/** Exchanges the roles by repmgr's own command, typed on the standby; resolves when it has ended. Throws LabError where it fails. */
export async function switchOverByRepmgr({ standby }: Pick<BenchPair, 'standby'>): Promise<void> {
  await standby.exec(
    `repmgr -f ${configPath} standby switchover >/tmp/repmgr.log 2>&1 || { cat /tmp/repmgr.log >&2; exit 1; }`,
    asPostgres,
  )
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
