import type { Lab } from '@/lab/lab'
import { rightsPath } from '@/lib/commands/root-rights'
import { otherRole, type Pair, roles } from '@/lib/domain/pair'
import { neededRights } from '@/lib/operations/rights/read-rights'
import type { ServiceContext } from '@/lib/services/context'
import { groundOfHost } from '@/test/matrix/grounds'
import { planning, readGround, requireThat, type Scenario, verifyTraces } from '@/test/matrix/scenario'

/** A directory that the pair does not have yet. */
const extra = {
  id: 'extra',
  title: 'Extra',
  path: '/srv/extra',
  log: 'rsync_extra.log',
  schedule: '*/7 * * * *',
}

type Wanted = {
  scope: Pair['scope']
  settings: Pair['settings'] & { directories: Pair['settings']['directories'][number][] }
}

/** One directory comes, the last one goes, the first is copied by another schedule; more WAL is kept, and no slot holds any back. */
function otherSettings({ scope, settings }: Pair): Wanted {
  const [first, ...rest] = settings.directories
  if (!first) throw new Error('the pair has no directory')
  return {
    scope,
    settings: {
      ...settings,
      walKeepSegments: 48,
      slotWalSegments: null,
      directories: [{ ...first, schedule: '*/9 * * * *' }, ...rest.slice(0, -1), extra],
    },
  }
}

const withoutFiles = ({ scope, settings }: Pair): Wanted => ({
  scope: { ...scope, files: false },
  settings: { ...settings, directories: [...settings.directories] },
})

/** Where the login may do as root what is written down alone, an administrator has written down what the change needs. */
async function permitChange(
  lab: Lab,
  context: ServiceContext,
  wantedOf: (pair: Pair) => Wanted,
): Promise<void> {
  const { pair, hosts, profile } = await readGround(context)
  for (const [index, role] of roles.entries()) {
    const host = lab.host(index)
    const { access, slug } = groundOfHost(host)
    if (access.privilege !== 'sudo') continue
    const { rights } = await neededRights({
      door: context.doors.door(hosts[role], profile.postgres.osUser),
      host: hosts[role],
      peer: hosts[otherRole(role)],
      pair: { ...pair, wanted: wantedOf(pair) },
      profile,
    })
    const path = rightsPath(slug)
    await host.exec(`cat >${path}.new && mv ${path}.new ${path}`, { input: rights })
  }
}

const changing = (
  name: string,
  world: Scenario['world'],
  wantedOf: (pair: Pair) => Wanted,
  verifyDone: Scenario['verifyDone'],
): Scenario => ({
  name,
  kind: 'change-settings',
  world,
  async prepare(lab, context) {
    for (const host of lab.hosts) {
      const { user } = groundOfHost(host).access
      const owner = groundOfHost(host).places.keeper === 'root' ? 'root' : user
      await host.exec(
        `install -d -o ${owner} ${extra.path} && echo ${host.name} >${extra.path}/mine && chown ${owner} ${extra.path}/mine`,
      )
    }
    await permitChange(lab, context, wantedOf)
  },
  plan: planning((pair) => ({ operation: 'change-settings', options: wantedOf(pair) })),
  verifyDone,
  verifyUndone: verifyTraces,
})

async function verifyChangedFiles(lab: Lab): Promise<void> {
  const [primary, standby] = [lab.host(0), lab.host(1)]
  const copied = await standby.exec(`cat ${extra.path}/mine`)
  requireThat(copied === primary.name, `the directory that came has what ${copied} wrote`)
  const { places, slug, access } = groundOfHost(standby)
  const schedule = await standby.exec(
    places.keeper === 'root' ? `cat /etc/cron.d/understudy-${slug}` : `crontab -u ${access.user} -l`,
  )
  requireThat(/^\*\/9 .*understudy-sync/m.test(schedule), 'the first directory has its old schedule')
  requireThat(/^\*\/7 .* extra\b/m.test(schedule), 'the directory that came is not scheduled')
}

async function verifyChanged(lab: Lab): Promise<void> {
  await verifyChangedFiles(lab)
  const kept = await lab.host(0).sql('select setting from pg_settings where name = $$wal_keep_size$$')
  requireThat(kept === '768', `${kept} MB of WAL are kept`)
  const slots = await lab.host(0).sql('select count(*) from pg_replication_slots')
  requireThat(slots === '0', 'the slot is still there')
}

async function verifyNoFiles(lab: Lab): Promise<void> {
  const { isScheduled } = groundOfHost(lab.host(1))
  requireThat((await lab.host(1).tryExec(isScheduled)).exitCode !== 0, 'files are still copied')
}

export const changes: readonly Scenario[] = [
  changing('change settings', 'paired', otherSettings, verifyChanged),
  changing('change settings, files left out', 'paired', withoutFiles, verifyNoFiles),
  changing('change settings, files alone', 'paired-files', otherSettings, verifyChangedFiles),
]
