import { awaitFact } from '@/lab/await-fact'
import type { LabHost } from '@/lab/lab-host'
import { worldOf } from '@/test/harness/lab-worlds'

/** How a role that replicates is called where somebody makes a pair by hand. */
export const handRole = 'replicator'
const password = 'made-by-hand'

/** Lets the standby in, as the manual of pg_basebackup asks for it; with a restart where the primary listens to nobody else. */
async function letIn(primary: LabHost, standby: LabHost): Promise<void> {
  await primary.sql(`create role ${handRole} replication login password '${password}'`, 'postgres')
  const rule = `host replication ${handRole} ${standby.address}/32 scram-sha-256`
  await primary.exec(`echo '${rule}' >> '${await primary.sql('show hba_file', 'postgres')}'`)
  if ((await primary.sql('show listen_addresses', 'postgres')) === 'localhost') {
    await primary.sql("alter system set listen_addresses = '*'", 'postgres')
    await primary.stopPostgres()
    await primary.startPostgres()
  } else await primary.sql('select pg_reload_conf()', 'postgres')
}

/** A standby as `pg_basebackup -R` makes it, in the place of what was there: it has no names of its own, and its password in the owner's file. */
export async function streamByHand(
  [primary, standby]: readonly [LabHost, LabHost],
  { slot = null }: { readonly slot?: string | null } = {},
): Promise<void> {
  const { databaseOwner: owner, programs } = standby.layout
  await letIn(primary, standby)
  const data = await standby.sql('show data_directory', 'postgres')
  await standby.stopPostgres()
  await standby.exec(
    `for place in $(readlink -f ${data}/pg_tblspc/*); do [ ! -d "$place" ] || rm -rf "$place"/*; done
     rm -rf ${data}/* ${data}/.[!.]*
     file=$(getent passwd ${owner} | cut -d: -f6)/.pgpass
     (umask 077; echo '${primary.address}:5432:replication:${handRole}:${password}' >> "$file"); chown ${owner}: "$file"`,
  )
  const bySlot = slot === null ? '' : `-C -S ${slot}`
  await standby.exec(
    `${programs}/pg_basebackup -h ${primary.address} -U ${handRole} -D ${data} -R -X stream -c fast -w ${bySlot}`,
    { user: owner, timeoutMs: 120_000 },
  )
  await standby.startPostgres()
  await awaitFact('the standby made by hand streams', async () => {
    const seen = await standby.sql('select status from pg_stat_wal_receiver', 'postgres')
    return seen === 'streaming'
  })
}

/** The line by which the vault is copied, as somebody types it, or as the seed's script calls its log. */
const cronLine = (primary: LabHost, standby: LabHost, home: string, user: string) => {
  const { vault, profile } = worldOf(standby)
  const shell = `ssh -i ${home}/.ssh/by-hand -o StrictHostKeyChecking=accept-new`
  return `*/7 * * * * rsync -a --delete -e "${shell}" ${user}@${primary.address}:${vault}/ ${vault}/ >>${profile.logDirectory}/rsync_vault.log 2>&1`
}

/** Lets cron copy the vault, as root where there is root. The first copy is made at once. */
export async function copyByCron([primary, standby]: readonly [LabHost, LabHost]): Promise<void> {
  const { privilege, user: login } = worldOf(standby)
  const user = privilege === 'sudo' ? 'root' : login
  const home = await standby.exec(`getent passwd ${user} | cut -d: -f6`)
  const key = `mkdir -p -m 0700 ~/.ssh && ssh-keygen -q -t ed25519 -N '' -C by-hand -f ${home}/.ssh/by-hand`
  await standby.exec(key, { user })
  await primary.exec('cat >> ~/.ssh/authorized_keys', {
    user,
    input: await standby.exec(`cat ${home}/.ssh/by-hand.pub && echo`, { user }),
  })
  const line = cronLine(primary, standby, home, user)
  await standby.exec('{ crontab -l 2>/dev/null; cat; } | crontab -', { user, input: `${line}\n` })
  await standby.exec(line.replace(/^(\S+ ){5}/, ''), { user, timeoutMs: 120_000 })
}

/**
 * What the seed's script leaves beside a standby that streams and jobs that copy, as far as it is known: itself beside the application's programs, and
 * its log.
 */
export async function leaveSeedScript(hosts: readonly LabHost[]): Promise<void> {
  for (const host of hosts) {
    const { profile, user } = worldOf(host)
    const files = `${host.layout.home}/bin/setup_warm_standby.pyc ${profile.logDirectory}/warm_standby.log`
    await host.exec(`mkdir -p ${profile.logDirectory} && touch ${files} && chown ${user}: ${files}`)
  }
}
