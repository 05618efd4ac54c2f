import { readFileSync } from 'node:fs'
import type { LabHost } from '@/lab/lab-host'
import { type LayoutName, layoutOf } from '@/lab/layouts'
import type { Privilege } from '@/lib/domain/host'
import { type HostPlaces, hostPlaces } from '@/lib/domain/host-places'
import { labWorlds } from '@/test/harness/lab-worlds'

/** How the hosts of a run lie and are reached: every operation is proved on each ground. */
export type Ground = {
  readonly layout: LayoutName
  readonly profileId: string
  readonly slug: string
  /** How the dashboard signs in. */
  readonly access: { readonly user: string; readonly privilege: Privilege; readonly home: string }
  readonly places: HostPlaces
  /** Where the transcript of the pair's operations lies. */
  readonly transcript: string
  /** Shell text with exit code 0 where the schedule would copy files here. */
  readonly isScheduled: string
  /** Shell text with exit code 0 where PostgreSQL would come up as a standby. */
  readonly startsReadOnly: string
  /** Shell text with exit code 0 where the application starts with the host. */
  readonly startsApplication: string
  /** Directories in which a secret might lie. */
  readonly secretPlaces: readonly string[]
  /** How PostgreSQL is asked, shell words before the database and the statement. */
  readonly psql: string
}

const accessOf: Readonly<Record<LayoutName, Ground['access']>> = {
  debian: { user: 'operator', privilege: 'sudo', home: '/home/operator' },
  'soar-unprivileged': { user: 'phantom', privilege: 'unprivileged', home: '/home/phantom' },
}

const signalIn = (data: string) => `ls ${data}/standby.signal >/dev/null 2>&1`

function groundOf(layout: LayoutName): Ground {
  const { profile, slug } = labWorlds[layout]
  const { databaseOwner: owner, socketDirectory, home } = layoutOf(layout)
  const access = accessOf[layout]
  const places = hostPlaces(access)
  return {
    layout,
    profileId: `matrix-${profile.id}`,
    slug,
    access,
    places,
    transcript: `${profile.logDirectory}/warm_standby.log`,
    isScheduled:
      places.keeper === 'root'
        ? `[ -e /etc/cron.d/understudy-${slug} ]`
        : `crontab -u ${access.user} -l 2>/dev/null | grep -q '^[^#]*understudy-sync ${slug} '`,
    startsReadOnly:
      layout === 'debian' ? signalIn('/var/lib/postgresql/*/main') : signalIn('/opt/phantom/data/db'),
    startsApplication:
      places.keeper === 'root'
        ? 'systemctl is-enabled --quiet ledger'
        : `crontab -u ${access.user} -l 2>/dev/null | grep -q '^@reboot .*start_phantom'`,
    secretPlaces: ['/etc', '/var/log', places.state, places.settings, `${home}/etc`, profile.logDirectory],
    psql: `setpriv --reuid=${owner} --regid=${owner} --init-groups psql -h ${socketDirectory} -XAtqc`,
  }
}

/** The text of the layout's own profile with an id of its own and a hook, so that a promotion has that step too. */
export function profileTextOf({ layout, profileId }: Ground): string {
  const { id } = labWorlds[layout].profile
  const file = new URL(`../../lib/profiles/${id}.yaml`, import.meta.url)
  const hook = '{ id: tell, title: Tell that it is promoted, command: "true", timeoutSeconds: 20 }'
  const own = readFileSync(file, 'utf8').replace(`\nid: ${id}\n`, `\nid: ${profileId}\n`)
  return `${own}\nhooks:\n  promoted:\n    - ${hook}\n`
}

/** Every ground that there is: a layout of the lab is one without anybody adding it here. */
export const grounds: Readonly<Record<LayoutName, Ground>> = {
  debian: groundOf('debian'),
  'soar-unprivileged': groundOf('soar-unprivileged'),
}

export const groundOfHost = (host: LabHost): Ground => grounds[host.layoutName]
