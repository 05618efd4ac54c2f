import type { Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import type { ServerSurvey } from '@/lib/facts/server-survey'
import { missing } from '@/lib/operations/preflight/access-checks'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { fail, type Outcome, overridable, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'
import type { ParityFacts } from '@/lib/operations/preflight/parity-facts'

/** Something that manages a cluster would restart, promote or demote beside us; null where nothing does. */
function managed(host: HostFacts, parity: ParityFacts | null, role: Role): Outcome | null {
  const machine = parity && answerOf(parity[role].machine)
  if (!machine) return parity ? missing(parity[role].machine) : missing(host.machine)
  return machine.clusterManagers.length > 0
    ? fail(
        `${machine.clusterManagers.join(', ')} ${machine.clusterManagers.length > 1 ? 'run' : 'runs'} on ${host.name}: it is part of a cluster.`,
        'Warm standby is for two servers that nothing else manages: choose others, or take this one out of its cluster.',
      )
    : null
}

function outcomeOfPrimary(primary: HostFacts, server: ServerSurvey): Outcome {
  if (server.inRecovery)
    return fail(`${primary.name} is itself a standby.`, 'Choose the host that accepts writes as the primary.')
  const synchronous = server.settings.synchronous_standby_names?.setting ?? ''
  if (synchronous !== '')
    return fail(
      `${primary.name} waits for other servers at each commit: synchronous_standby_names is “${synchronous}”.`,
      'It is part of a cluster. If that is over: ALTER SYSTEM RESET synchronous_standby_names; the copy would wait for them too.',
    )
  const others = server.senders.map(
    (sender) => `${sender.applicationName || 'unnamed'} from ${sender.clientAddress ?? 'a local socket'}`,
  )
  if (others.length > 0)
    return overridable(
      fail(
        `${primary.name} already sends WAL to ${others.join(', ')}.`,
        'A pair has one standby: end the other replication (or backup) first.',
      ),
    )
  if (server.slots.length > 0)
    return warn(
      `Replication slots exist: ${server.slots.join(', ')}.`,
      'A slot that nobody uses keeps WAL until the disk is full: drop it if it is left over.',
    )
  return pass(`${primary.name} accepts writes, sends WAL to nobody, and nothing manages it.`)
}

/** One primary, alone: warm standby is for two standalone instances with a PostgreSQL of their own. */
export function primaryStandaloneCheck(primary: HostFacts, parity: ParityFacts | null): PreflightCheck {
  const server = answerOf(primary.server)
  return toCheck(
    'primary-standalone',
    'Primary is a standalone primary',
    'primary',
    server
      ? (managed(primary, parity, 'primary') ?? outcomeOfPrimary(primary, server))
      : missing(primary.server),
  )
}

function outcomeOfStandby(standby: HostFacts, server: ServerSurvey): Outcome {
  if (server.inRecovery)
    return fail(
      `${standby.name} is already the standby of another server.`,
      'Where it follows this very primary, observe the two instead (understudy observe): it need not be made anew. If it is wanted no more, promote or rebuild it first.',
    )
  if (server.senders.length > 0)
    return fail(
      `Another standby hangs on ${standby.name}.`,
      'Choose a host that serves nobody as the standby.',
    )
  return pass(`${standby.name} replicates with nobody; its data will be put aside, not deleted.`)
}

export function standbyStandaloneCheck(standby: HostFacts, parity: ParityFacts | null): PreflightCheck {
  const server = answerOf(standby.server)
  return toCheck(
    'standby-standalone',
    'Standby is not in use by another pair',
    'standby',
    server
      ? (managed(standby, parity, 'standby') ?? outcomeOfStandby(standby, server))
      : missing(standby.server),
  )
}

/** The application's database is on this very server: one that is elsewhere would be left out without a word. */
export function primaryDatabaseCheck(primary: HostFacts, database: string): PreflightCheck {
  const make = (outcome: Outcome) =>
    toCheck('primary-database', 'The application’s database', 'primary', outcome)
  const server = answerOf(primary.server)
  if (!server) return make(missing(primary.server))
  const names = server.userDatabases.map(({ name }) => name)
  if (names.includes(database) || database === 'postgres')
    return make(pass(`${database} is on ${primary.name} itself.`))
  return make(
    fail(
      `There is no database ${database} in the PostgreSQL of ${primary.name}${names.length > 0 ? `, which has ${names.slice(0, 4).join(', ')}` : ', which has none but its own'}.`,
      'The application keeps its data on another server, which a warm standby does not copy; or the profile names another database: correct postgres.database.',
    ),
  )
}
