import { listensOn } from '@/lib/commands/postgres-settings'
import type { Role } from '@/lib/domain/pair'
import { majorVersion } from '@/lib/domain/postgres-layout'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { missing } from '@/lib/operations/preflight/access-checks'
import { hasConfigInside, serverPair, settingOnCopy } from '@/lib/operations/preflight/copy-settings'
import { answerOf, type HostFacts, type LinkFacts } from '@/lib/operations/preflight/host-facts'
import { notCompared, type ParityGround } from '@/lib/operations/preflight/machine-parity-checks'
import { fail, type Outcome, overridable, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'

export function postgresFoundCheck(role: Role, host: HostFacts): PreflightCheck {
  const server = answerOf(host.server)
  const make = (outcome: Outcome) => toCheck(`${role}-postgres`, 'PostgreSQL found', role, outcome)
  if (!server) return make(missing(host.server))
  const data = answerOf(host.data)
  if (!data) return make(missing(host.data))
  if (majorVersion(server.versionNum) < 12)
    return make(
      fail(
        `PostgreSQL ${server.version} on ${host.name}.`,
        'Upgrade it: 12 is the oldest that is supported.',
      ),
    )
  if (!data.hasBaseBackup)
    return make(
      fail(
        `There is no pg_basebackup in ${data.binDirectory} on ${host.name}.`,
        'Install the client programs of the same PostgreSQL package.',
      ),
    )
  return make(
    pass(`PostgreSQL ${server.version}, data in ${server.dataDirectory}, programs in ${data.binDirectory}.`),
  )
}

export function versionsCheck(primary: HostFacts, standby: HostFacts): PreflightCheck {
  const [one, other] = [answerOf(primary.server), answerOf(standby.server)]
  const make = (outcome: Outcome) => toCheck('postgres-versions', 'PostgreSQL versions', 'both', outcome)
  if (!one || !other)
    return make(
      fail('The versions could not be compared.', 'See “PostgreSQL found” for the host without one.'),
    )
  const evidence = `${one.version} on ${primary.name}, ${other.version} on ${standby.name}.`
  if (majorVersion(one.versionNum) !== majorVersion(other.versionNum))
    return make(
      fail(
        evidence,
        `Streaming works only between equal major versions: install PostgreSQL ${majorVersion(one.versionNum)} on ${standby.name}.`,
      ),
    )
  if (other.versionNum < one.versionNum)
    return make(
      overridable(
        fail(evidence, `Update ${standby.name} first: the standby must not be older than the primary.`),
      ),
    )
  return make(pass(evidence))
}

export function machinesAlikeCheck(primary: HostFacts, standby: HostFacts): PreflightCheck {
  const [one, other] = [answerOf(primary.machine), answerOf(standby.machine)]
  const make = (outcome: Outcome) => toCheck('machines-alike', 'Operating systems', 'both', outcome)
  if (!one || !other) return make(fail('They could not be compared.', 'Mend the access first.'))
  const evidence = `${one.system}, ${one.architecture} and ${other.system}, ${other.architecture}.`
  if (one.architecture !== other.architecture)
    return make(fail(evidence, 'A data directory works only on the same processor architecture.'))
  if (one.system !== other.system)
    return make(
      warn(
        evidence,
        'Another system can sort text differently, which breaks indexes: better run the same release on both.',
      ),
    )
  return make(pass(evidence))
}

/** Settings that a standby needs at least as large as its primary's (PostgreSQL documentation 27.4.3). */
const floors = [
  'max_connections',
  'max_worker_processes',
  'max_wal_senders',
  'max_prepared_transactions',
  'max_locks_per_transaction',
] as const

/** The values that the copy will start with on the standby, against those that the primary runs with. */
export function settingFloorsCheck(ground: ParityGround): PreflightCheck {
  const { primary, standby } = ground
  const make = (outcome: Outcome) => toCheck('setting-floors', 'Settings of the standby', 'standby', outcome)
  const servers = serverPair(ground, ground.parity)
  if (!servers) return make(notCompared(ground))
  const { survey } = servers.primary
  const there = (name: string) => Number(survey.settings[name]?.setting ?? 0)
  const short = floors.filter((name) => Number(settingOnCopy(servers, name)) < there(name))
  if (short.length === 0) return make(pass(`${floors.join(', ')} are not below the primary’s.`))
  const { configFile } = servers.standby.survey
  const where = hasConfigInside(servers.standby.survey)
    ? `${survey.configFile} on ${primary.name}, which comes with the copy,`
    : `${configFile} on ${standby.name}`
  return make(
    fail(
      short
        .map((name) => `${name} would be ${settingOnCopy(servers, name)}, the primary has ${there(name)}`)
        .join('; '),
      `Raise ${short.join(', ')} in ${where} at least to the value that the primary runs with: PostgreSQL refuses to start as a standby otherwise.`,
    ),
  )
}

export function hbaCheck(role: Role, host: HostFacts): PreflightCheck {
  const server = answerOf(host.server)
  const make = (outcome: Outcome) => toCheck(`${role}-hba`, 'pg_hba.conf can be read', role, outcome)
  if (!server) return make(missing(host.server))
  if (server.hbaErrors.length > 0)
    return make(
      fail(
        `${server.hbaFile} has errors: ${server.hbaErrors.join('; ')}.`,
        'Mend them first: PostgreSQL would refuse to load our lines too.',
      ),
    )
  return make(pass(`${server.hbaFile} has no errors.`))
}

export function rolesFreeCheck(primary: HostFacts): PreflightCheck {
  const server = answerOf(primary.server)
  const make = (outcome: Outcome) =>
    toCheck('roles-free', 'Names of the new roles are free', 'primary', outcome)
  if (!server) return make(missing(primary.server))
  if (server.ownRoles.length > 0)
    return make(
      fail(
        `${server.ownRoles.join(', ')} exist already on ${primary.name}.`,
        `If no other pair uses them: ${server.ownRoles.map((role) => `DROP ROLE ${role};`).join(' ')}`,
      ),
    )
  return make(pass('understudy_repl and understudy_monitor don’t exist yet.'))
}

/** From the standby: PostgreSQL of the primary. Silence is expected where it does not listen on its address yet. */
export function postgresPortCheck(primary: HostFacts, standby: HostFacts, link: LinkFacts): PreflightCheck {
  const server = answerOf(primary.server)
  const make = (outcome: Outcome) =>
    toCheck('postgres-port', 'Standby reaches the primary’s PostgreSQL', 'standby', outcome)
  if (!server || link.postgres === 'not-asked')
    return make(fail('It could not be tried.', 'Mend “PostgreSQL found” on both hosts first.'))
  const port = server.settings.port?.setting ?? ''
  const where = `${primary.address}, port ${port}`
  if (link.postgres === 'accepting') return make(pass(`${standby.name} gets an answer from ${where}.`))
  if (!listensOn(server.settings.listen_addresses?.setting ?? '', primary.address))
    return make(
      warn(
        `${where} does not answer ${standby.name}: PostgreSQL listens on ${server.settings.listen_addresses?.setting || 'no address'} only.`,
        'The plan changes this, with a restart. Whether a firewall is in between is seen only then.',
      ),
    )
  if (link.postgres === 'rejecting')
    return make(fail(`${where} refuses connections just now.`, 'It is starting or stopping: try again.'))
  return make(
    fail(
      `${where} does not answer ${standby.name}.`,
      `Let connections from ${standby.address} to port ${port} through the firewalls on the way.`,
    ),
  )
}

type Way = { readonly from: HostFacts; readonly to: HostFacts; readonly seen: LinkFacts['ssh'] }

function outcomeOfSsh({ from, to, seen }: Way): Outcome {
  const where = `${to.address}, port ${to.port}`
  switch (seen) {
    case 'pinned-key':
      return pass(`${where} answers ${from.name} with the host key that is pinned.`)
    case 'other-key':
      return fail(
        `${where} shows ${from.name} another host key than the one that is pinned.`,
        `Find out which machine answers there: ${from.name} would copy files from it.`,
      )
    case 'no-response':
      return fail(
        `${where} does not answer ${from.name}.`,
        `Let connections from ${from.address} to port ${to.port} through the firewalls on the way.`,
      )
    case 'not-asked':
      return fail(
        `ssh-keyscan is missing on ${from.name}.`,
        'Install it there: apt-get install openssh-client',
      )
  }
}

export const sshPortCheck = (primary: HostFacts, standby: HostFacts, link: LinkFacts): PreflightCheck =>
  toCheck(
    'ssh-port',
    'Standby reaches the primary’s SSH',
    'standby',
    outcomeOfSsh({ from: standby, to: primary, seen: link.ssh }),
  )

/** Needed only when the roles have turned: then the other way round files are copied. But another machine there is always wrong. */
export function sshPortBackCheck(primary: HostFacts, standby: HostFacts, link: LinkFacts): PreflightCheck {
  const outcome = outcomeOfSsh({ from: primary, to: standby, seen: link.sshBack })
  return toCheck(
    'ssh-port-back',
    'Primary reaches the standby’s SSH',
    'primary',
    link.sshBack === 'other-key' ? outcome : overridable(outcome),
  )
}
