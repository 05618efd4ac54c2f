import type { PreflightCheck } from '@/lib/domain/preflight'
import {
  accessCheck,
  missing,
  rightHostCheck,
  sudoCheck,
  twoHostsWhereSeen,
} from '@/lib/operations/preflight/access-checks'
import { crontabWhereUsed } from '@/lib/operations/preflight/application-checks'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { fail, type Outcome, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'
import type { PromoteFacts } from '@/lib/operations/promote/facts'
import type { Profile } from '@/lib/profiles/schema'

/** Only beside a primary that serves is there a former one to fence: else it may be all that the application has. */
function newPrimaryCheck({ standby }: PromoteFacts): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('new-primary', 'The new primary', 'standby', outcome)
  const server = answerOf(standby.server)
  if (!server) return make(missing(standby.server))
  return make(
    server.inRecovery
      ? fail(
          `PostgreSQL on ${standby.name} accepts no writes.`,
          'Find out which host the application uses: fencing now could leave it none.',
        )
      : pass(`PostgreSQL on ${standby.name} accepts writes, on timeline ${server.timeline}.`),
  )
}

/** The former primary is the one on the older timeline of the same system. */
function formerPrimaryCheck({ standby, primary, primaryAtRest, chosen }: PromoteFacts): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('former-primary', 'The former primary', 'primary', outcome)
  const [now, former] = [answerOf(standby.server), answerOf(primary.server)]
  if (former === null)
    return make(
      primaryAtRest
        ? pass(
            primaryAtRest.isRunning
              ? `PostgreSQL on ${primary.name} runs and does not answer; its data are the pair’s.`
              : `PostgreSQL on ${primary.name} does not run; its data are the pair’s.`,
          )
        : missing(primary.server),
    )
  if (!primary.data.seen) return make(missing(primary.data))
  if (former.systemIdentifier !== now?.systemIdentifier)
    return make(
      fail(
        `${primary.name} has system identifier ${former.systemIdentifier}, ${standby.name} has ${now?.systemIdentifier ?? 'none that is seen'}.`,
        'It is another server now: find out what it is before it is stopped.',
      ),
    )
  if (former.inRecovery)
    return make(
      warn(
        `PostgreSQL on ${primary.name} is in recovery and accepts no writes.`,
        'It is fenced all the same.',
      ),
    )
  const lines = `PostgreSQL on ${primary.name} accepts writes on timeline ${former.timeline}, ${standby.name} on ${now.timeline}.`
  if (former.timeline < now.timeline) return make(pass(lines))
  return make(
    chosen
      ? warn(
          lines,
          `${primary.name} is the one that you chose. See that the application uses ${standby.name}.`,
        )
      : fail(
          `${primary.name} is on timeline ${former.timeline}, ${standby.name} on ${now.timeline}: which of them was promoted last can’t be told.`,
          'Find out which one the application uses, and stop the other by hand.',
        ),
  )
}

/** All checks before a former primary is fenced; in the roles before the promotion. */
export function fencePreflight(
  facts: PromoteFacts,
  profile: Pick<Profile, 'postgres' | 'application'>,
): readonly PreflightCheck[] {
  const access = accessCheck('primary', facts.primary)
  if (access.outcome === 'fail') return [access, newPrimaryCheck(facts)]
  return [
    access,
    sudoCheck('primary', facts.primary, profile.postgres.osUser, profile.application),
    rightHostCheck('primary', facts.primary),
    ...twoHostsWhereSeen(facts.primary, facts.standby),
    ...crontabWhereUsed('primary', facts.primary),
    newPrimaryCheck(facts),
    formerPrimaryCheck(facts),
  ]
}
