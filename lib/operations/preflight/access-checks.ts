import { z } from 'zod'
import type { Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { type Asked, answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { fail, type Outcome, overridable, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'

/** The first of these answers that is missing, as a failed check with the error's own sentence and fix. */
export function missing(...answers: readonly Asked<unknown>[]): Outcome {
  const unseen = answers.find((answer) => !answer.seen)
  if (!unseen || unseen.seen) return fail('It could not be looked at.', 'Check again.')
  return fail(unseen.why.message, unseen.why.fix || 'Mend this first, then check again.')
}

export function accessCheck(role: Role, host: HostFacts): PreflightCheck {
  const machine = answerOf(host.machine)
  const outcome = machine
    ? pass(`${host.name} (${host.address}) answers over SSH: ${machine.system}, ${machine.architecture}.`)
    : missing(host.machine)
  return toCheck(`${role}-access`, 'SSH access', role, outcome)
}

const anotherLogin = ({ name }: HostFacts) =>
  `Change the access to ${name} (on the page of hosts, or by “understudy hosts change-access ${name}”): to the user that owns them all, to root, or to a user that may use sudo without a password.`

/** systemd's units of the whole system are started and stopped by root alone. */
function unitsOf(host: HostFacts, applicationUnit: string | null): readonly string[] {
  const postgres = answerOf(host.data)?.unit ?? null
  return [
    ...(postgres === null ? [] : [`PostgreSQL is run by ${postgres}`]),
    ...(applicationUnit === null ? [] : [`the profile names ${applicationUnit}`]),
  ]
}

/** Without root everything that is touched must belong to the login user, and nothing be started by systemd. */
function ownership(host: HostFacts, applicationUnit: string | null): Outcome {
  const units = unitsOf(host, applicationUnit)
  if (units.length > 0)
    return fail(
      `${host.user} may not become root, and ${units.join(', and ')}: only root could stop or start ${units.length > 1 ? 'them' : 'it'}.`,
      `${anotherLogin(host)} Or let ${host.user} run them without a unit.`,
    )
  if (host.uid !== null) return ownershipOfFiles(host, host.uid)
  const [data, paths] = [answerOf(host.data), answerOf(host.paths)]
  const dataDirectory = answerOf(host.server)?.dataDirectory
  if (!data || !paths || dataDirectory === undefined) return missing(host.server, host.data, host.paths)
  const fix = anotherLogin(host)
  if (data.owner !== host.user)
    return fail(`${host.user} may not become root, and PostgreSQL’s data belongs to ${data.owner}.`, fix)
  const uid = paths.find(({ path }) => path === dataDirectory)?.uid
  const foreign = paths.filter((entry) => entry.exists && entry.uid !== uid).map(({ path }) => path)
  if (foreign.length > 0)
    return fail(`${host.user} may not become root, and does not own ${foreign.join(', ')}.`, fix)
  return pass(`${host.user} owns PostgreSQL’s data and every directory: root is not needed.`)
}

/** The same where the pair leaves its database out. */
function ownershipOfFiles(host: HostFacts, uid: number): Outcome {
  const paths = answerOf(host.paths)
  if (!paths) return missing(host.paths)
  const foreign = paths.filter((entry) => entry.exists && entry.uid !== uid).map(({ path }) => path)
  return foreign.length > 0
    ? fail(`${host.user} may not become root, and does not own ${foreign.join(', ')}.`, anotherLogin(host))
    : pass(`${host.user} owns every directory: root is not needed.`)
}

/** `osUser` is null where the pair leaves its database out: nothing is then done as its owner. */
export function sudoCheck(
  role: Role,
  host: HostFacts,
  osUser: string | null,
  { unit }: { readonly unit: string | null },
): PreflightCheck {
  if (host.isUnprivileged) return toCheck(`${role}-sudo`, 'Rights on the host', role, ownership(host, unit))
  const needed = osUser === null ? [host.asRoot] : [host.asRoot, host.asDatabaseOwner]
  const refused = needed.find((answer) => !answer.seen)
  const outcome = refused
    ? missing(refused)
    : pass(`Commands run as root${osUser === null ? '' : ` and as ${osUser}`} without a password.`)
  return toCheck(`${role}-sudo`, 'Rights on the host', role, outcome)
}

export function rightHostCheck(role: Role, host: HostFacts): PreflightCheck {
  const seen = answerOf(host.machine)?.machineId
  const title = 'The host that was registered'
  const make = (outcome: Outcome) => toCheck(`${role}-right-host`, title, role, outcome)
  if (!seen)
    return make(
      fail(`The machine-id of ${host.name} could not be read.`, 'See that /etc/machine-id exists there.'),
    )
  if (host.registeredMachineId !== null && host.registeredMachineId !== seen)
    return make(
      fail(
        `${host.name} has machine-id ${seen}, but ${host.registeredMachineId} was registered: this is another machine.`,
        'Find out what answers at this address; if the machine was replaced, remove the host and register it anew.',
      ),
    )
  return make(pass(`machine-id ${seen}, as registered.`))
}

export function addressCheck(role: Role, host: HostFacts): PreflightCheck {
  const isAddress = z.union([z.ipv4(), z.ipv6()]).safeParse(host.address).success
  const isLoopback = /^(127\.|::1$|0\.0\.0\.0$|::$)/.test(host.address)
  const make = (outcome: Outcome) => toCheck(`${role}-address`, 'An address, not a name', role, outcome)
  if (!isAddress)
    return make(
      fail(
        `${host.name} is registered as “${host.address}”, which is a name.`,
        'Register it with its IP address: replication and its access rules are tied to addresses, and a name could change its meaning during a failover.',
      ),
    )
  if (isLoopback)
    return make(
      fail(
        `${host.address} means “this machine itself”.`,
        'Register the address by which the other host reaches it.',
      ),
    )
  return make(pass(`${host.address} is an address.`))
}

/** Two names for one machine would make it the standby of itself. */
export function twoHostsCheck(primary: HostFacts, standby: HostFacts): PreflightCheck {
  const [one, other] = [answerOf(primary.machine)?.machineId, answerOf(standby.machine)?.machineId]
  const make = (outcome: Outcome) => toCheck('two-hosts', 'Two different hosts', 'both', outcome)
  if (one !== undefined && one === other)
    return make(
      fail(
        `${primary.name} and ${standby.name} are the same machine (machine-id ${one}).`,
        'Choose another host as the standby. If it is a clone of the primary, give it a machine-id of its own: remove /etc/machine-id, run systemd-machine-id-setup, restart it and register it again.',
      ),
    )
  if (one === undefined || other === undefined)
    return make(fail('One of the hosts could not be asked who it is.', 'Mend the access first.'))
  return make(pass(`machine-id ${one} and ${other}.`))
}

/** The same where one of them may well be away: then nothing is said of it. */
export const twoHostsWhereSeen = (primary: HostFacts, standby: HostFacts): readonly PreflightCheck[] =>
  primary.machine.seen && standby.machine.seen ? [twoHostsCheck(primary, standby)] : []

const format = (ms: number) => (Math.abs(ms) < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)

export function clockCheck(primary: HostFacts, standby: HostFacts, limitMs: number): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('clocks', 'Clocks of the two hosts', 'both', outcome)
  if (primary.clockOffsetMs === null || standby.clockOffsetMs === null)
    return make(warn('The clocks could not be compared.', 'Mend the access first, then check again.'))
  const differenceMs = standby.clockOffsetMs - primary.clockOffsetMs
  const errorMs = (primary.clockErrorMs ?? 0) + (standby.clockErrorMs ?? 0)
  const evidence = `${standby.name} is ${format(Math.abs(differenceMs))} ${differenceMs < 0 ? 'behind' : 'ahead of'} ${primary.name} (±${format(errorMs)}).`
  if (Math.abs(differenceMs) - errorMs <= limitMs) return make(pass(evidence))
  const fix = 'Let both follow the same time server: timedatectl set-ntp true, then look at timedatectl.'
  return make(Math.abs(differenceMs) > 300_000 ? overridable(fail(evidence, fix)) : warn(evidence, fix))
}
