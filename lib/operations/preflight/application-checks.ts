import type { DirectorySetting, Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { missing } from '@/lib/operations/preflight/access-checks'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { fail, notApplicable, type Outcome, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'
import type { Profile } from '@/lib/profiles/schema'

export function applicationCheck(
  role: Role,
  host: HostFacts,
  { unit, start, stop }: Pick<Profile['application'], 'unit' | 'start' | 'stop'>,
): PreflightCheck {
  const make = (outcome: Outcome) => toCheck(`${role}-application`, 'The application', role, outcome)
  if (unit === null && (start === null || stop === null))
    return make(notApplicable('The profile names neither a unit nor commands that start and stop it.'))
  if (unit === null) {
    const health =
      host.applicationHealthy === true
        ? 'it is healthy'
        : 'its check does not pass: it is stopped, or not healthy'
    return make(pass(`Stopped by ${stop}, started by ${start}; ${health}.`))
  }
  const machine = answerOf(host.machine)
  if (!machine) return make(missing(host.machine))
  const seen = machine.applicationUnit
  if (!machine.hasSystemd || !seen || seen.loadState !== 'loaded')
    return make(
      fail(
        `systemd on ${host.name} does not know ${unit}.`,
        'Install the application there in the same way as on the other host, or correct the unit in the profile.',
      ),
    )
  return make(pass(`${unit} is ${seen.activeState} and ${seen.enabledState}.`))
}

/** The standby pulls files by rsync over SSH, started by cron. */
export function fileToolsCheck(role: Role, host: HostFacts): PreflightCheck {
  const make = (outcome: Outcome) => toCheck(`${role}-file-tools`, 'Tools for the files', role, outcome)
  const machine = answerOf(host.machine)
  if (!machine) return make(missing(host.machine))
  const needsCrontab = role === 'standby' && host.isUnprivileged
  const lacking = [
    ...(machine.rsyncVersion === null ? ['rsync'] : []),
    ...(role === 'standby' && !(machine.hasSsh && machine.hasSshKeyscan) ? ['openssh-client'] : []),
    ...(needsCrontab && !machine.hasCrontab ? ['cron'] : []),
  ]
  if (lacking.length > 0)
    return make(
      fail(
        `${lacking.join(' and ')} is missing on ${host.name}.`,
        `Install it there: apt-get install ${lacking.join(' ')}`,
      ),
    )
  if (role === 'standby' && !machine.cronActive)
    return make(
      fail(`cron does not run on ${host.name}.`, 'Start it: systemctl enable --now cron (or crond).'),
    )
  return make(pass(`rsync ${machine.rsyncVersion}${role === 'standby' ? ', SSH client, cron runs' : ''}.`))
}

/** Directories are there on the primary, and their owners have the same numbers on both hosts. */
export function directoriesCheck(
  primary: HostFacts,
  standby: HostFacts,
  directories: readonly DirectorySetting[],
): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('directories', 'Synced directories', 'both', outcome)
  const [one, other] = [answerOf(primary.paths), answerOf(standby.paths)]
  if (!one || !other) return make(missing(primary.paths, standby.paths))
  const at = (list: typeof one, path: string) => list.find((entry) => entry.path === path)
  const absent = directories.filter(({ path }) => !at(one, path)?.exists).map(({ path }) => path)
  if (absent.length > 0)
    return make(
      fail(
        `${absent.join(', ')} is not on ${primary.name}.`,
        'Leave it out, or correct its path: an empty source would never be copied.',
      ),
    )
  const mounts = directories.filter(({ path }) => at(other, path)?.isMountPoint).map(({ path }) => path)
  const unequal = directories.filter(({ path }) => {
    const [a, b] = [at(one, path), at(other, path)]
    return a && b?.exists && (a.uid !== b.uid || a.gid !== b.gid)
  })
  if (unequal.length > 0)
    return make(
      fail(
        unequal
          .map(({ path }) => {
            const [a, b] = [at(one, path), at(other, path)]
            return `${path} belongs to ${a?.uid}:${a?.gid} on ${primary.name} and to ${b?.uid}:${b?.gid} on ${standby.name}`
          })
          .join('; '),
        'Give the owner the same uid and gid on both hosts (usermod -u, groupmod -g, then chown): files keep their numbers when they are copied.',
      ),
    )
  if (mounts.length > 0)
    return make(
      warn(
        `${mounts.join(', ')} is the root of a file system on ${standby.name}.`,
        'See that it is always mounted: files would go to the disk under it otherwise.',
      ),
    )
  return make(pass(`${directories.length} directories are on the primary, owners are equal.`))
}
