import type { Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import type { DataDirectorySurvey } from '@/lib/facts/machine-survey'
import { missing } from '@/lib/operations/preflight/access-checks'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { fail, type Outcome, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'

/** systemd's answers for a unit that starts with the machine, by itself or by another one (systemctl(1), is-enabled). */
const starting = [
  'enabled',
  'enabled-runtime',
  'static',
  'generated',
  'indirect',
  'alias',
  'linked',
  'linked-runtime',
]

function outcomeOfUnit(
  host: HostFacts,
  unit: string,
  { unitEnabled, startConf }: DataDirectorySurvey,
): Outcome {
  if (unitEnabled.startsWith('masked'))
    return fail(
      `${unit} on ${host.name} is masked: once stopped, systemd would not start it again.`,
      `systemctl unmask ${unit}`,
    )
  if (startConf !== null && startConf !== 'auto')
    return warn(
      `start.conf on ${host.name} says ${startConf}: ${unit} does not start with the machine.`,
      'Write auto into it, so that PostgreSQL comes up again after a reboot.',
    )
  return starting.includes(unitEnabled)
    ? pass(`${unit} runs PostgreSQL and starts with the machine.`)
    : warn(
        `${unit} runs PostgreSQL on ${host.name} and is ${unitEnabled || 'in a state that is not known'}: after a reboot nobody starts it.`,
        `systemctl enable ${unit}`,
      )
}

/** What runs PostgreSQL, and starts it when the machine comes up. */
export function postgresUnitCheck(role: Role, host: HostFacts): PreflightCheck {
  const make = (outcome: Outcome) => toCheck(`${role}-postgres-unit`, 'Start of PostgreSQL', role, outcome)
  const data = answerOf(host.data)
  if (!data) return make(missing(host.data))
  if (data.unit !== null) return make(outcomeOfUnit(host, data.unit, data))
  const lines = host.bootLines ?? []
  if (lines.length > 0)
    return make(pass(`No unit runs PostgreSQL; the crontab starts it: ${lines.join('; ')}.`))
  return make(
    warn(
      `No unit runs PostgreSQL on ${host.name}, and what starts it with the machine is not known.`,
      'See that it comes up after a reboot, by a unit or by a line @reboot in the crontab of its owner.',
    ),
  )
}
