import type { PreflightCheck } from '@/lib/domain/preflight'
import {
  accessCheck,
  rightHostCheck,
  sudoCheck,
  twoHostsWhereSeen,
} from '@/lib/operations/preflight/access-checks'
import { applicationCheck, crontabWhereUsed } from '@/lib/operations/preflight/application-checks'
import { fail, type Outcome, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'
import type { PromoteFacts } from '@/lib/operations/promote/facts'
import type { Profile } from '@/lib/profiles/schema'

/** The host says itself that it is the standby of the files. */
function standbyRoleCheck({ standby, fileRoles }: PromoteFacts): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('standby-of-files', 'Standby of the files', 'standby', outcome)
  const role = fileRoles?.standby ?? null
  if (role === 'standby') return make(pass(`${standby.name} says that it is the standby of the files.`))
  return make(
    fail(
      role === null
        ? `${standby.name} does not say which role it has for the files.`
        : `${standby.name} says that it is the ${role} of the files.`,
      'Find out which host the application uses before you promote one.',
    ),
  )
}

/** Rule 1: nothing is promoted while the primary can be reached and can't be fenced. */
function oldPrimaryCheck({ primary, primaryFromStandby, fileRoles }: PromoteFacts): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('old-primary', 'The old primary', 'primary', outcome)
  if (primary.machine.seen) {
    const role = fileRoles?.primary ?? null
    if (role === 'primary')
      return make(
        warn(
          `${primary.name} answers and is the primary of the files.`,
          'It is fenced first: its application is stopped and stays stopped.',
        ),
      )
    return make(
      role === 'former'
        ? pass(`${primary.name} is fenced already.`)
        : fail(
            `${primary.name} says that it is ${role === null ? 'nothing' : `the ${role} of the files`}.`,
            'Find out which host the application uses before you promote one.',
          ),
    )
  }
  if (primaryFromStandby === 'accepting')
    return make(
      fail(
        `${primary.name} still answers the standby, but it can’t be fenced from here: ${primary.machine.why.message}`,
        `Stop the application by hand on ${primary.name} and switch the host off, or mend our access to it.`,
      ),
    )
  return make(
    warn(
      `${primary.name} can’t be fenced now: ${primary.machine.why.message}`,
      'See yourself that it is off, or can’t be reached by the application’s users. When it comes back, it must not be used.',
    ),
  )
}

/** All checks of a promotion where the pair leaves its database out. */
export function promoteFilesPreflight(
  facts: PromoteFacts,
  profile: Pick<Profile, 'application'>,
): readonly PreflightCheck[] {
  const access = accessCheck('standby', facts.standby)
  if (access.outcome === 'fail') return [access]
  return [
    access,
    sudoCheck('standby', facts.standby, null, profile.application),
    rightHostCheck('standby', facts.standby),
    ...twoHostsWhereSeen(facts.primary, facts.standby),
    ...crontabWhereUsed('primary', facts.primary),
    ...crontabWhereUsed('standby', facts.standby),
    standbyRoleCheck(facts),
    applicationCheck('standby', facts.standby, profile.application),
    oldPrimaryCheck(facts),
  ]
}

/** The new primary says that it is one: only beside it is there a former one to fence. */
function newPrimaryCheck({ standby, fileRoles }: PromoteFacts): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('new-primary', 'The new primary', 'standby', outcome)
  return make(
    fileRoles?.standby === 'primary'
      ? pass(`${standby.name} says that it is the primary of the files.`)
      : fail(
          `${standby.name} does not say that it is the primary of the files.`,
          'Find out which host the application uses: fencing now could leave it none.',
        ),
  )
}

function formerPrimaryCheck({ primary, fileRoles }: PromoteFacts): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('former-primary', 'The former primary', 'primary', outcome)
  const role = fileRoles?.primary ?? null
  return make(
    role === 'primary' || role === 'former'
      ? pass(`${primary.name} was the primary of the files.`)
      : fail(
          `${primary.name} says that it is ${role === null ? 'nothing' : `the ${role} of the files`}.`,
          'Find out what it is before its application is stopped.',
        ),
  )
}

/** All checks before a former primary of the files is fenced; in the roles before the promotion. */
export function fenceFilesPreflight(
  facts: PromoteFacts,
  profile: Pick<Profile, 'application'>,
): readonly PreflightCheck[] {
  const access = accessCheck('primary', facts.primary)
  if (access.outcome === 'fail') return [access, newPrimaryCheck(facts)]
  return [
    access,
    sudoCheck('primary', facts.primary, null, profile.application),
    rightHostCheck('primary', facts.primary),
    ...twoHostsWhereSeen(facts.primary, facts.standby),
    ...crontabWhereUsed('primary', facts.primary),
    newPrimaryCheck(facts),
    formerPrimaryCheck(facts),
  ]
}
