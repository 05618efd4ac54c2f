import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { LabHost } from '@/lab/lab-host'
import { type LayoutName, layoutOf } from '@/lab/layouts'
import { parseProfile } from '@/lib/profiles/parse-profile'
import type { Profile } from '@/lib/profiles/schema'

/** How a lab's layout looks to the dashboard, and where on its hosts an operation leaves something. */
type LabWorld = {
  readonly profile: Profile
  readonly slug: string
  /** The login user of the dashboard. */
  readonly user: string
  readonly privilege: 'sudo' | 'unprivileged'
  readonly vault: string
  /** Shell text, as root, with exit code 0 while the application is healthy. */
  readonly check: string
  /** The sync program as the schedule starts it. */
  readonly syncProgram: string
  /** Whose command that is. */
  readonly keeper: string
  /** Shell text with exit code 0 where the directories are copied by a schedule. */
  readonly isScheduled: string
  /** Its data directory, as a pattern of the shell. */
  readonly dataPattern: string
  /** Shell text that prints the system identifiers of the data directory and of what was put aside. */
  readonly identifiers: string
  /** Shell text, as root, that prints everything that an operation may touch. */
  traces(major: number): string
}

function builtInProfile(id: string): Profile {
  const file = fileURLToPath(new URL(`../../lib/profiles/${id}.yaml`, import.meta.url))
  return parseProfile(readFileSync(file, 'utf8'), file)
}

const identifiersOf = (data: string, programs: string) =>
  `for d in ${data}* ${data}/.understudy-* /var/lib/kept/*; do [ -d "$d" ] || continue; case $d in *-copy) ;; *) ${programs}/pg_controldata -D "$d" | sed -n 's/^Database system identifier: *//p';; esac; done`

export const labWorlds: Readonly<Record<LayoutName, LabWorld>> = {
  debian: {
    profile: builtInProfile('generic-debian'),
    slug: 'ledger',
    user: 'operator',
    privilege: 'sudo',
    vault: '/srv/ledger/vault',
    check: '/srv/ledger/bin/check',
    syncProgram: '/usr/local/lib/understudy/understudy-sync',
    keeper: 'root',
    isScheduled: 'test -f /etc/cron.d/understudy-ledger && test -f /etc/logrotate.d/understudy-ledger',
    dataPattern: '/var/lib/postgresql/*/main',
    identifiers: identifiersOf('/var/lib/postgresql/*/main', layoutOf('debian').programs),
    traces: (
      v,
    ) => `for f in /etc/postgresql/${v}/main/*.conf /etc/postgresql/${v}/main/conf.d/* /etc/postgresql/${v}/main/start.conf /var/lib/postgresql/${v}/main/postgresql.auto.conf; do
echo "== $f $(stat -c '%a %U:%G' "$f")"; cat "$f"; done
echo "== places"; ls -d /var/lib/postgresql/${v}/*; find /var/lib/understudy /etc/understudy /usr/local/lib/understudy -mindepth 1 2>/dev/null | sort
echo "== cron"; ls /etc/cron.d /etc/logrotate.d; crontab -l 2>/dev/null
echo "== keys"; for u in root operator; do h=$(getent passwd $u | cut -d: -f6); stat -c '%n %a %U:%G %Y' $h/.ssh/*; sha256sum $h/.ssh/*; done
echo "== directories"; ls -dA /srv/ledger/* /srv/ledger/.[!.]* /srv/ledger/*/.understudy* 2>/dev/null; find /srv/ledger/etc -type f -exec sha256sum {} +
echo "== old files"; find /srv/ledger/vault -name 'before-*' -exec stat -c '%n %i %Y' {} + | sort
echo "== units"; for u in ledger.service postgresql@${v}-main.service; do systemctl is-enabled $u; systemctl is-active $u; done; true`,
  },
  'soar-unprivileged': {
    profile: builtInProfile('splunk-soar-unprivileged'),
    slug: 'phantom',
    user: 'phantom',
    privilege: 'unprivileged',
    vault: '/opt/phantom/vault',
    check: 'runuser -u phantom -- /opt/phantom/bin/phsvc status',
    syncProgram: '/home/phantom/.understudy/lib/understudy-sync',
    keeper: 'phantom',
    isScheduled: `crontab -u phantom -l | grep -q 'understudy-sync phantom vault' && test -f /home/phantom/.understudy/etc/phantom/logrotate.conf`,
    dataPattern: '/opt/phantom/data/db',
    identifiers: identifiersOf('/opt/phantom/data/db', layoutOf('soar-unprivileged').programs),
    traces:
      () => `for f in /opt/phantom/data/db/*.conf; do echo "== $f $(stat -c '%a %U:%G' "$f")"; cat "$f"; done
echo "== places"; ls -d /opt/phantom/data/*; find /home/phantom /var/lib/understudy /etc/understudy /usr/local/lib/understudy -mindepth 1 ! -path '*/.understudy' ! -path '*/state' ! -name postgresql.log 2>/dev/null | sort
echo "== cron"; ls /etc/cron.d /etc/logrotate.d; crontab -u phantom -l
echo "== keys"; stat -c '%n %a %U:%G %Y' /home/phantom/.ssh/*; sha256sum /home/phantom/.ssh/*
echo "== directories"; find /opt/phantom -path /opt/phantom/data/db -prune -o -path /opt/phantom/var -prune -o -path /opt/phantom/vault -prune -o -printf '%p %m %U:%G\\n' | sort; ls -dA /opt/phantom/vault/.[!.]* 2>/dev/null
find /opt/phantom/etc /opt/phantom/scm /opt/phantom/apps -type f -exec sha256sum {} + | sort
echo "== old files"; find /opt/phantom/vault -name 'before-*' -exec stat -c '%n %i %Y' {} + | sort
echo "== application"; runuser -u phantom -- /opt/phantom/bin/phsvc status; true`,
  },
}

export const worldOf = (host: LabHost): LabWorld => labWorlds[host.layoutName]
