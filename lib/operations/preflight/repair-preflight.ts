import type { CreateInput } from '@/lib/domain/inputs'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { wayNames } from '@/lib/domain/repair-way'
import { accessCheck, addressCheck, clockCheck } from '@/lib/operations/preflight/access-checks'
import { fileToolsCheck } from '@/lib/operations/preflight/application-checks'
import { bothHostsChecks, primaryWritesCheck } from '@/lib/operations/preflight/both-hosts-checks'
import { directoriesCheck } from '@/lib/operations/preflight/directories-check'
import { diskSpaceCheck } from '@/lib/operations/preflight/disk-checks'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { fail, type Outcome, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'
import { hbaCheck, postgresPortCheck, sshPortCheck } from '@/lib/operations/preflight/postgres-checks'
import {
  replicationAccessCheck,
  standbySourceCheck,
  walSendersCheck,
} from '@/lib/operations/preflight/replication-checks'
import { walSpaceCheck } from '@/lib/operations/preflight/wal-checks'
import type { RepairFacts } from '@/lib/operations/repair/facts'
import type { Profile } from '@/lib/profiles/schema'

type Given = {
  readonly facts: RepairFacts
  readonly input: CreateInput
  readonly profile: Pick<Profile, 'postgres' | 'application' | 'limits'>
}

/** Rule 1: what accepts writes beside the primary is fenced first, by its own operation. */
function standbyReadOnlyCheck({ standby }: RepairFacts): PreflightCheck {
  const make = (outcome: Outcome) =>
    toCheck('standby-read-only', 'The other host does not write', 'standby', outcome)
  const server = answerOf(standby.server)
  if (!server)
    return make(
      pass(
        `PostgreSQL on ${standby.name} does not answer: ${standby.server.seen ? '' : standby.server.why.message}`,
      ),
    )
  return make(
    server.inRecovery
      ? pass(`PostgreSQL on ${standby.name} is in recovery and accepts no writes.`)
      : fail(
          `PostgreSQL on ${standby.name} accepts writes.`,
          `Fence ${standby.name} first: what was written there must be looked at before it is discarded.`,
        ),
  )
}

/** By which way the standby gets there, and why. */
function wayCheck({ database, unreadable, standby }: RepairFacts): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('repair-way', 'The way', 'standby', outcome)
  if (!database)
    return make(
      unreadable === ''
        ? fail('It can’t be told while the primary is none, or a host is not seen.', 'Mend that first.')
        : fail(
            `What stands on ${standby.name} could not be looked at: ${unreadable}`,
            'Mend that, then plan again.',
          ),
    )
  const [first, ...rest] = database.ways
  if (first === undefined)
    return make(
      fail(
        database.reason,
        `Find out whose data they are. If nobody needs them, move ${database.layout.dataDirectory} away by hand, then plan again.`,
      ),
    )
  const next =
    rest.length > 0 ? ` If that is not enough: ${rest.map((way) => wayNames[way]).join(', then ')}.` : ''
  return make(
    first === 'start' || first === 'follow'
      ? pass(`${database.reason}${next}`)
      : warn(database.reason, `What is there now is kept aside.${next}`),
  )
}

function databaseChecks({ facts, input }: Given): readonly PreflightCheck[] {
  const { primary, standby, link, database } = facts
  return [
    primaryWritesCheck(facts, 'Promote it first, if it shall be the primary.'),
    standbyReadOnlyCheck(facts),
    wayCheck(facts),
    hbaCheck('primary', primary),
    replicationAccessCheck(facts, link),
    postgresPortCheck(primary, standby, link),
    walSendersCheck(primary, input),
    walSpaceCheck(primary, input),
    ...(database?.ways[0] === 'base-backup'
      ? [diskSpaceCheck(primary, standby, [], facts.tablespacePlaces)]
      : []),
  ]
}

/** A host that was none, or is the former primary, becomes the standby of the files; the primary must say that it is it. */
function fileRolesCheck({ fileRoles, primary, standby }: RepairFacts): readonly PreflightCheck[] {
  if (!fileRoles) return []
  const make = (outcome: Outcome) => toCheck('file-roles', 'Which way the files flow', 'primary', outcome)
  const of = (role: string | null) => role ?? 'nothing'
  const evidence = `${primary.name} says that it is ${of(fileRoles.primary)}, ${standby.name} that it is ${of(fileRoles.standby)}.`
  return [
    make(
      fileRoles.primary === 'primary' && fileRoles.standby !== 'primary'
        ? pass(evidence)
        : fail(evidence, 'Find out which host the application uses, and fence the other one first.'),
    ),
  ]
}

/** All checks of a re-pair, each with its evidence and fix; of a host that can't be reached only that is said. */
export function repairPreflight(given: Given): readonly PreflightCheck[] {
  const { facts, input, profile } = given
  const { primary, standby, link } = facts
  const access = [accessCheck('primary', primary), accessCheck('standby', standby)]
  const addresses = [addressCheck('primary', primary), addressCheck('standby', standby)]
  if (access.some(({ outcome }) => outcome === 'fail')) return [...access, ...addresses]
  return [
    ...access,
    ...addresses,
    ...bothHostsChecks(facts, profile, { hasDatabase: input.scope.database }),
    standbySourceCheck(primary, standby, link),
    clockCheck(primary, standby, profile.limits.clockDifferenceMs),
    ...(input.scope.database ? databaseChecks(given) : fileRolesCheck(facts)),
    ...(input.scope.files
      ? [
          fileToolsCheck('primary', primary),
          fileToolsCheck('standby', standby),
          sshPortCheck(primary, standby, link),
          directoriesCheck(primary, standby, input.settings.directories),
        ]
      : []),
  ]
}
