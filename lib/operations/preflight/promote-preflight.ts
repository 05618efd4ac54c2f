import type { PreflightCheck } from '@/lib/domain/preflight'
import {
  accessCheck,
  missing,
  rightHostCheck,
  sudoCheck,
  twoHostsWhereSeen,
} from '@/lib/operations/preflight/access-checks'
import { applicationCheck, crontabWhereUsed } from '@/lib/operations/preflight/application-checks'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { fail, type Outcome, overridable, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'
import type { PromoteFacts } from '@/lib/operations/promote/facts'
import { isHung } from '@/lib/operations/promote/steps/end-hung-primary'
import type { Profile } from '@/lib/profiles/schema'

function standbyCheck({ standby }: PromoteFacts): PreflightCheck {
  const make = (outcome: Outcome) =>
    toCheck('standby-in-recovery', 'Standby is a standby', 'standby', outcome)
  const server = answerOf(standby.server)
  if (!server) return make(missing(standby.server))
  if (!server.inRecovery)
    return make(
      fail(
        `PostgreSQL on ${standby.name} accepts writes already.`,
        'There is nothing to promote: look at the pair’s page for what it is.',
      ),
    )
  return make(
    pass(`PostgreSQL ${server.version} on ${standby.name} is in recovery, timeline ${server.timeline}.`),
  )
}

function replayCheck({ standby }: PromoteFacts): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('replay-running', 'Replay is not paused', 'standby', outcome)
  const server = answerOf(standby.server)
  if (!server) return make(missing(standby.server))
  if (server.replayPaused)
    return make(
      warn(
        `Replay on ${standby.name} is paused: what was received is not applied yet.`,
        'It goes on first, and everything that was received is applied: that takes its time, and loses nothing.',
      ),
    )
  return make(pass('Replay goes on.'))
}

/** The data are the pair's: the system identifier that the primary was last seen with. */
function identityCheck({ standby, pinnedIdentifier }: PromoteFacts): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('same-system', 'Standby of this pair', 'standby', outcome)
  const server = answerOf(standby.server)
  if (!server) return make(missing(standby.server))
  if (pinnedIdentifier === null)
    return make(
      overridable(
        fail(
          `${standby.name} has system identifier ${server.systemIdentifier}; the pair’s primary was never seen, so whether that is its data can’t be told.`,
          'See yourself that the data are this pair’s, and say so as the reason.',
        ),
      ),
    )
  if (pinnedIdentifier !== server.systemIdentifier)
    return make(
      fail(
        `${standby.name} has system identifier ${server.systemIdentifier}, the pair’s primary had ${pinnedIdentifier}.`,
        'It is a copy of another server: find out who changed it before you promote it.',
      ),
    )
  return make(pass(`System identifier ${server.systemIdentifier}, as the primary’s.`))
}

/** Rule 1: nothing is promoted while a reachable primary is writable and can't be fenced. */
function primaryCheck(facts: PromoteFacts): PreflightCheck {
  const { primary, primaryAtRest, primaryFromStandby } = facts
  const make = (outcome: Outcome) => toCheck('old-primary', 'The old primary', 'primary', outcome)
  const server = answerOf(primary.server)
  if (server && !primary.data.seen)
    return make(
      fail(
        `PostgreSQL on ${primary.name} answers, but its data directory can’t be looked at, so it can’t be fenced: ${primary.data.why.message}`,
        `Stop its PostgreSQL and its application by hand on ${primary.name}, so that they stay stopped; then plan again.`,
      ),
    )
  if (server)
    return make(
      server.inRecovery
        ? pass(
            `PostgreSQL on ${primary.name} is in recovery and accepts no writes; it is fenced all the same.`,
          )
        : warn(
            `${primary.name} answers and accepts writes.`,
            'It is fenced first: its application and PostgreSQL are stopped and stay stopped.',
          ),
    )
  if (primary.machine.seen && primaryAtRest)
    return make(
      warn(
        `PostgreSQL on ${primary.name} ${isHung(facts) ? 'runs and does' : 'does'} not answer (${primaryAtRest.clusterState}), its host does.`,
        `${isHung(facts) ? 'It is killed and' : 'It is'} fenced first: it won’t start by itself, and only read-only by hand.`,
      ),
    )
  if (primaryFromStandby === 'accepting' || primaryFromStandby === 'rejecting')
    return make(
      fail(
        `PostgreSQL on ${primary.name} still answers the standby, but it can’t be fenced from here.`,
        `Stop it by hand on ${primary.name} (systemctl disable --now, and the application), or mend our access to that host. Two writable primaries would be the end of both.`,
      ),
    )
  const mustNot = 'When it comes back, it must not be written to.'
  return make(
    primary.machine.seen
      ? warn(
          `${primary.name} answers, but can’t be fenced: no data of the pair were found in its data directory.`,
          `Its application is stopped, PostgreSQL is not started at boot any more, and the last files are pulled, as far as possible. ${mustNot}`,
        )
      : warn(
          `${primary.name} can’t be fenced now: ${primary.machine.why.message}`,
          `See yourself that it is off, or can’t be reached by the application. ${mustNot}`,
        ),
  )
}

/** Where the primary still writes: does the standby get it? What it does not get before the primary is stopped is lost. */
function receivingCheck({ standby, primary }: PromoteFacts): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('standby-receiving', 'Standby receives WAL', 'standby', outcome)
  const server = answerOf(standby.server)
  if (!server) return make(missing(standby.server))
  if (answerOf(primary.server)?.inRecovery !== false)
    return make(pass(`${primary.name} writes nothing now: there is nothing to receive.`))
  return make(
    server.receiverStatus === 'streaming'
      ? pass(`${standby.name} receives WAL from ${primary.name}.`)
      : warn(
          `${standby.name} does not receive WAL from ${primary.name}.`,
          `What ${primary.name} wrote meanwhile is lost unless it arrives within seconds. Mend the stream first if you can wait.`,
        ),
  )
}

/** The same check where the database can be promoted without what it is about: an operator may decide so. */
const unlessNeeded = (check: PreflightCheck, isNeeded: boolean): PreflightCheck => ({
  ...check,
  canOverride: check.outcome === 'fail' && !isNeeded,
})

/** Without root, and without anything that needs it but units: PostgreSQL itself can be promoted by its owner, who signs in. */
function needsRoot({ standby }: PromoteFacts): boolean {
  const data = answerOf(standby.data)
  return !standby.isUnprivileged || data?.owner !== standby.user
}

/** All checks of a promotion, each with its evidence and fix. */
export function promotePreflight(
  facts: PromoteFacts,
  profile: Pick<Profile, 'postgres' | 'application'>,
): readonly PreflightCheck[] {
  const access = accessCheck('standby', facts.standby)
  if (access.outcome === 'fail') return [access]
  return [
    access,
    unlessNeeded(
      sudoCheck('standby', facts.standby, profile.postgres.osUser, profile.application),
      needsRoot(facts),
    ),
    rightHostCheck('standby', facts.standby),
    ...twoHostsWhereSeen(facts.primary, facts.standby),
    ...crontabWhereUsed('primary', facts.primary),
    ...crontabWhereUsed('standby', facts.standby),
    standbyCheck(facts),
    identityCheck(facts),
    replayCheck(facts),
    receivingCheck(facts),
    unlessNeeded(applicationCheck('standby', facts.standby, profile.application), !facts.standby.server.seen),
    primaryCheck(facts),
  ]
}
