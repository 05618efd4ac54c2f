import type { Host } from '@/lib/domain/host'
import { otherRole, type Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { toPublicError } from '@/lib/errors'
import {
  fail,
  notApplicable,
  type Outcome,
  pass,
  toCheck,
  unasked,
  warn,
} from '@/lib/operations/preflight/outcome'
import {
  neededRights,
  type PairWithWanted,
  type RightsOf,
  readRightsFacts,
} from '@/lib/operations/rights/read-rights'
import {
  type RightsState,
  type RightsSubject,
  rightsState,
  rightsSubject,
  rightsWords,
} from '@/lib/operations/rights/rights-state'
import type { HostDoor } from '@/lib/ports/host-door'
import type { Profile } from '@/lib/profiles/schema'

/** A promotion is not held up by rights that lack something which it may not need: `isUrgent`. */
export function rightsOutcome(state: RightsState, words: RightsSubject, isUrgent: boolean): Outcome {
  const { sentence, fix } = rightsWords(state, words)
  if (state === 'exact' || state === 'unrestricted') return pass(sentence)
  const isNothingPermitted = state === 'none' || state === 'other-login'
  return isUrgent && !isNothingPermitted ? warn(sentence, fix) : fail(sentence, fix)
}

const packagesOutcome = ({ host, user }: RightsSubject): Outcome =>
  fail(
    `Packages are missing on ${host}, and to install packages is not among what ${user} may do as root there.`,
    `Let an administrator of ${host} install them first, or leave packages out.`,
  )

/** `installs`: packages are to be installed on the host, which no rights permit. */
async function outcomeOf(
  given: RightsOf,
  { isUrgent, installs, isRequired }: { isUrgent: boolean; installs: boolean; isRequired: boolean },
): Promise<Outcome> {
  const { host, door, pair } = given
  if (door.privilege !== 'sudo') return notApplicable(`${host.user} uses no sudo on ${host.name}.`)
  try {
    const facts = await readRightsFacts(door, pair.slug)
    const words = rightsSubject(given)
    // Nothing is compared with where sudo has no limits: then PostgreSQL need not even run.
    if (facts.programSum === null)
      return rightsOutcome(facts.isUnrestricted ? 'unrestricted' : 'none', words, isUrgent)
    const state = rightsState(facts, await neededRights(given))
    return state === 'exact' && installs ? packagesOutcome(words) : rightsOutcome(state, words, isUrgent)
  } catch (error) {
    const { message, fix } = toPublicError(error)
    return unasked(
      `What ${host.user} may do as root on ${host.name} is not known: ${message}`,
      fix || 'Mend this first, then check again.',
      isRequired,
    )
  }
}

/** Whether the login of each host may do as root what the pair needs there, and no more. Never throws. */
export async function rightsChecks(given: {
  readonly hosts: Readonly<Record<Role, Host>>
  readonly doors: Readonly<Record<Role, HostDoor>>
  readonly pair: PairWithWanted
  readonly profile: Profile
  /** Whether packages are to be installed on the standby; null where that is never done and the operation is urgent. */
  readonly installs: Promise<boolean> | null
  /** The hosts without which the operation can't be. */
  readonly required: readonly Role[]
}): Promise<readonly PreflightCheck[]> {
  const { hosts, doors, pair, profile } = given
  const isUrgent = given.installs === null
  const installs = (await given.installs) === true
  const check = async (role: Role) => {
    const of = { door: doors[role], host: hosts[role], peer: hosts[otherRole(role)], pair, profile }
    return toCheck(
      `${role}-rights`,
      'What the login may do as root',
      role,
      await outcomeOf(of, {
        isUrgent,
        installs: installs && role === 'standby',
        isRequired: given.required.includes(role),
      }),
    )
  }
  return await Promise.all([check('primary'), check('standby')])
}
