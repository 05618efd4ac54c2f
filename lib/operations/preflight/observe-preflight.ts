import type { FoundManager } from '@/lib/domain/adopt/found-replication'
import { makerWords } from '@/lib/domain/adopt/maker-words'
import { type Role, roles } from '@/lib/domain/pair'
import { majorVersion } from '@/lib/domain/postgres-layout'
import type { PreflightCheck } from '@/lib/domain/preflight'
import type { FoundGround } from '@/lib/operations/adopt/recognise/ground'
import { foundManagers, isAtWork, recogniseMaker } from '@/lib/operations/adopt/recognise/maker'
import { type FoundStream, foundStream } from '@/lib/operations/adopt/recognise/stream'
import {
  accessCheck,
  addressCheck,
  missing,
  rightHostCheck,
  twoHostsCheck,
} from '@/lib/operations/preflight/access-checks'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { fail, type Outcome, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'

/** The watch asks the server as its owner, and nothing else of the login. */
function ownerCheck({ facts }: FoundGround, role: Role): PreflightCheck {
  const { asDatabaseOwner, name } = facts[role]
  return toCheck(
    `${role}-owner`,
    'PostgreSQL can be asked',
    role,
    asDatabaseOwner.seen
      ? pass(`Commands run as the owner of the database on ${name} without a password.`)
      : missing(asDatabaseOwner),
  )
}

/** PostgreSQL 12 and newer: an older standby follows by recovery.conf, which nothing here reads. */
function versionCheck({ facts }: FoundGround, role: Role): PreflightCheck {
  const make = (outcome: Outcome) => toCheck(`${role}-version`, 'PostgreSQL’s version', role, outcome)
  const replication = answerOf(facts.replication[role])
  if (!replication) return make(missing(facts.replication[role]))
  const tools = answerOf(facts.tools[role])
  const major = majorVersion(replication.versionNum)
  if (major < 12)
    return make(
      fail(
        `PostgreSQL on ${facts[role].name} is version ${major}${tools?.data?.hasRecoveryConf ? ', and follows by recovery.conf' : ''}.`,
        'Upgrade both servers: 12 is the oldest that is supported.',
      ),
    )
  return make(pass(`PostgreSQL ${major} on ${facts[role].name}.`))
}

function rolesCheck({ primary, standby }: FoundStream): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('roles-found', 'Which is the primary', 'both', outcome)
  const [one, other] = [primary.replication, standby.replication]
  if (!one || !other) return make(fail('It could not be seen.', 'See why PostgreSQL could not be asked.'))
  if (!one.inRecovery && other.inRecovery)
    return make(pass(`${primary.host.name} accepts writes, ${standby.host.name} is in recovery.`))
  if (one.inRecovery && !other.inRecovery)
    return make(
      fail(
        `It is the other way round: ${standby.host.name} accepts writes, ${primary.host.name} is in recovery.`,
        `Name ${standby.host.name} as the primary and ${primary.host.name} as the standby.`,
      ),
    )
  return make(
    one.inRecovery
      ? fail(
          'Both are in recovery: neither is the primary.',
          'Find the primary that they follow, and name it.',
        )
      : fail(
          'Both accept writes: nothing replicates between them.',
          'Create the standby instead; what it holds is put aside then.',
        ),
  )
}

function clusterCheck({ primary, standby, isSameCluster }: FoundStream): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('same-cluster', 'Belong together', 'both', outcome)
  const [one, other] = [answerOf(primary.host.server), answerOf(standby.host.server)]
  if (!one || !other) return make(missing(primary.host.server, standby.host.server))
  return make(
    isSameCluster
      ? pass(`Both hold the database cluster ${one.systemIdentifier}.`)
      : fail(
          `${primary.host.name} holds the cluster ${one.systemIdentifier}, ${standby.host.name} ${other.systemIdentifier}.`,
          'Name the host that the standby really follows; or create a standby.',
        ),
  )
}

function streamCheck({ primary, standby, sender, isFromPrimary }: FoundStream): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('stream-found', 'The standby streams', 'standby', outcome)
  const [name, from] = [standby.host.name, primary.host.name]
  const receiver = standby.replication?.receiver ?? null
  if (sender && isFromPrimary)
    return make(
      pass(`${name} streams from ${from}: ${sender.applicationName || 'no name'}, ${sender.state}.`),
    )
  if (receiver?.status === 'streaming' && !isFromPrimary && !sender)
    return make(
      fail(
        `${name} streams from ${receiver.host ?? 'an unknown host'}, and ${from} knows nothing of it.`,
        `Name the host that ${name} follows as the primary; or register ${from} by the address that it is followed by.`,
      ),
    )
  return make(
    sender || isFromPrimary
      ? pass(`${name} streams from ${from}, seen from ${sender ? 'the primary' : 'the standby'}.`)
      : warn(`${name} does not stream from ${from} now.`, `Its PostgreSQL log says why.`),
  )
}

function jobsReadCheck({ facts }: FoundGround): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('jobs-read', 'What copies files was looked for', 'both', outcome)
  const gaps = roles.flatMap((role) => {
    const asked = facts.jobs[role]
    const { name } = facts[role]
    return asked.seen
      ? asked.value.unread.map((what) => `${what} on ${name}`)
      : [`${name}: ${asked.why.message}`]
  })
  if (gaps.length === 0) return make(pass('Every crontab, system table and timer of both hosts was read.'))
  return make(
    warn(
      `Not everything could be read: ${gaps.join('; ')}`,
      'Look there yourself for rsync between the two hosts; what is not known is not taken over.',
    ),
  )
}

const namesOf = ({ facts }: FoundGround, managers: readonly FoundManager[]) =>
  managers.map(({ program, role }) => `${program} on ${facts[role].name}`).join(', ')

function madeByCheck(ground: FoundGround, stream: FoundStream): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('made-by', 'Who made it', 'both', outcome)
  const managers = foundManagers(ground)
  const { maker } = recogniseMaker(stream, managers)
  const working = managers.filter(isAtWork)
  return make(
    working.length === 0
      ? pass(`Made ${makerWords[maker]}; nothing fails over by itself.`)
      : warn(
          `Made ${makerWords[maker]}; ${namesOf(ground, working)} would fail over without asking anybody.`,
          'Only looking is safe beside it. Before the replication is taken over it has to be off.',
        ),
  )
}

/** Whether two hosts can be observed as a pair that somebody else made: only what looking needs. */
export function observePreflight(ground: FoundGround): readonly PreflightCheck[] {
  const { primary, standby } = ground.facts
  const access = [accessCheck('primary', primary), accessCheck('standby', standby)]
  const addresses = [addressCheck('primary', primary), addressCheck('standby', standby)]
  if (access.some(({ outcome }) => outcome === 'fail')) return [...access, ...addresses]
  const stream = foundStream(ground)
  return [
    ...access,
    ...addresses,
    rightHostCheck('primary', primary),
    rightHostCheck('standby', standby),
    twoHostsCheck(primary, standby),
    ...roles.map((role) => ownerCheck(ground, role)),
    ...roles.map((role) => versionCheck(ground, role)),
    rolesCheck(stream),
    clusterCheck(stream),
    streamCheck(stream),
    madeByCheck(ground, stream),
    jobsReadCheck(ground),
  ]
}
