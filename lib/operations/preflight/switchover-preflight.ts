import { formatBytes } from '@/lib/domain/format-bytes'
import type { Pair, Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { accessCheck, missing } from '@/lib/operations/preflight/access-checks'
import { applicationCheck, fileToolsCheck } from '@/lib/operations/preflight/application-checks'
import { bothHostsChecks, primaryWritesCheck } from '@/lib/operations/preflight/both-hosts-checks'
import { directoriesCheck } from '@/lib/operations/preflight/directories-check'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { fail, type Outcome, overridable, pass, toCheck } from '@/lib/operations/preflight/outcome'
import { hbaCheck, postgresPortCheck, sshPortCheck } from '@/lib/operations/preflight/postgres-checks'
import { replicationAccessCheck, walSendersCheck } from '@/lib/operations/preflight/replication-checks'
import { walSpaceCheck } from '@/lib/operations/preflight/wal-checks'
import { inputOf } from '@/lib/operations/repair/input-of'
import type { SwitchoverFacts } from '@/lib/operations/switchover/facts'
import type { Profile } from '@/lib/profiles/schema'

type Given = {
  readonly pair: Pair
  readonly profile: Pick<Profile, 'postgres' | 'application'>
  readonly facts: SwitchoverFacts
}

/** More than this is not waited for while nobody can write: it is a standby that is not ready. */
const behindBytesMax = 64 * 1024 * 1024

/** It streams, applies, and is of this very server: what is not so now can't be taken over without losing something. */
function standbyFollowsCheck({ facts: { primary, standby, behindBytes } }: Given): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('standby-follows', 'The standby follows', 'standby', outcome)
  const server = answerOf(standby.server)
  if (!server) return make(missing(standby.server))
  const identifier = answerOf(primary.server)?.systemIdentifier
  if (!server.inRecovery || (identifier !== undefined && identifier !== server.systemIdentifier))
    return make(
      fail(
        `PostgreSQL on ${standby.name} is no standby of ${primary.name}.`,
        'See what it is on the pair’s page, and re-pair it.',
      ),
    )
  if (server.receiverStatus !== 'streaming' || behindBytes === null)
    return make(
      fail(
        `${standby.name} does not stream from ${primary.name}.`,
        'See why on the pair’s page; it must stream to lose nothing.',
      ),
    )
  if (server.replayPaused)
    return make(fail(`Replay on ${standby.name} is paused.`, 'Resume it, and wait until it has caught up.'))
  return make(
    behindBytes > behindBytesMax
      ? fail(
          `${standby.name} is ${formatBytes(behindBytes)} behind.`,
          `Wait until it has caught up: at most ${formatBytes(behindBytesMax)} are waited for while nobody can write.`,
        )
      : pass(
          `${standby.name} streams from ${primary.name}, ${formatBytes(Math.max(behindBytes, 0))} behind.`,
        ),
  )
}

function pauseCheck({ pair }: Given): PreflightCheck {
  return toCheck(
    'not-paused',
    'Nothing is paused',
    'both',
    pair.pause
      ? fail('The pair is paused: its standby is not as fresh as it has to be.', 'Resume it first.')
      : pass('Nothing of the pair is paused.'),
  )
}

/** Each host says itself which it is for the files. */
function fileRolesCheck({ facts: { fileRoles, primary, standby } }: Given): readonly PreflightCheck[] {
  if (!fileRoles) return []
  const of = (role: string | null) => role ?? 'nothing'
  const evidence = `${primary.name} says that it is ${of(fileRoles.primary)}, ${standby.name} that it is ${of(fileRoles.standby)}.`
  return [
    toCheck(
      'file-roles',
      'Which way the files flow',
      'primary',
      fileRoles.primary === 'primary' && fileRoles.standby === 'standby'
        ? pass(evidence)
        : fail(evidence, 'Find out which host the application uses before the roles are exchanged.'),
    ),
  ]
}

const other: Readonly<Record<PreflightCheck['host'], PreflightCheck['host']>> = {
  primary: 'standby',
  standby: 'primary',
  both: 'both',
}

/** A check of the hosts in the roles that they are to have. Where it fails, the switch over itself would be done, and the old primary not follow. */
const afterwards = (check: PreflightCheck): PreflightCheck => ({
  ...check,
  id: `afterwards-${check.id}`,
  title: `Afterwards: ${check.title}`,
  host: other[check.host],
  ...(check.outcome === 'fail' && overridable(check)),
})

function afterwardsChecks({ facts: { turned }, pair }: Given): readonly PreflightCheck[] {
  const { primary, standby, link } = turned
  const input = inputOf(pair)
  const ofDatabase = pair.scope.database
    ? [
        hbaCheck('primary', primary),
        replicationAccessCheck(turned, link),
        postgresPortCheck(primary, standby, link),
        walSendersCheck(primary, input),
        walSpaceCheck(primary, input),
      ]
    : []
  const ofFiles = pair.scope.files
    ? [
        fileToolsCheck('primary', primary),
        fileToolsCheck('standby', standby),
        sshPortCheck(primary, standby, link),
        directoriesCheck(primary, standby, input.settings.directories),
      ]
    : []
  return [...ofDatabase, ...ofFiles].map(afterwards)
}

/** All checks of a switch over, each with its evidence and fix; of a host that can't be reached only that is said. */
export function switchoverPreflight(given: Given): readonly PreflightCheck[] {
  const { facts, pair, profile } = given
  const access = (['primary', 'standby'] as const).map((role: Role) => accessCheck(role, facts[role]))
  if (access.some(({ outcome }) => outcome === 'fail')) return access
  const { standby } = facts
  return [
    ...access,
    ...bothHostsChecks(facts, profile, { hasDatabase: pair.scope.database }),
    pauseCheck(given),
    ...(pair.scope.database
      ? [
          primaryWritesCheck(facts, 'See what became of the roles on the pair’s page.'),
          standbyFollowsCheck(given),
        ]
      : fileRolesCheck(given)),
    applicationCheck('standby', standby, profile.application),
    ...afterwardsChecks(given),
  ]
}
