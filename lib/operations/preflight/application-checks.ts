import type { Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { crontabFix } from '@/lib/operations/change-crontab'
import { missing } from '@/lib/operations/preflight/access-checks'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { fail, notApplicable, type Outcome, pass, toCheck } from '@/lib/operations/preflight/outcome'
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

/** What starts at boot is found, and changed, in the login user's own crontab where nobody becomes root; elsewhere it is not used. */
export function crontabCheck(role: Role, host: HostFacts): PreflightCheck {
  const make = (outcome: Outcome) => toCheck(`${role}-crontab`, 'Crontab of the login user', role, outcome)
  if (!host.isUnprivileged) return make(notApplicable('It is not used: root keeps files of its own.'))
  return make(
    host.crontabProblem === null
      ? pass(`${host.user} can read its crontab.`)
      : fail(host.crontabProblem, crontabFix),
  )
}

/** The same of a host that nobody becomes root on and that answers: nothing is said of others. */
export const crontabWhereUsed = (role: Role, host: HostFacts): readonly PreflightCheck[] =>
  host.isUnprivileged && host.machine.seen ? [crontabCheck(role, host)] : []

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
