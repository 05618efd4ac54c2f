import type { Host } from '@/lib/domain/host'
import { otherRole, type Pair, type Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { toPublicError } from '@/lib/errors'
import { fail, notApplicable, type Outcome, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'
import { neededRights, type RightsOf, readRightsFacts } from '@/lib/operations/rights/read-rights'
import { type RightsState, rightsState, rightsWords } from '@/lib/operations/rights/rights-state'
import type { HostDoor } from '@/lib/ports/host-door'
import type { Profile } from '@/lib/profiles/schema'

type Words = { readonly host: string; readonly user: string; readonly slug: string }

/** A promotion is not held up by rights that lack something which it may not need: `isUrgent`. */
export function rightsOutcome(state: RightsState, words: Words, isUrgent: boolean): Outcome {
  const { sentence, fix } = rightsWords(state, words)
  if (state === 'exact' || state === 'unrestricted') return pass(sentence)
  return isUrgent && state === 'outdated' ? warn(sentence, fix) : fail(sentence, fix)
}

async function outcomeOf(given: RightsOf, isUrgent: boolean): Promise<Outcome> {
  const { host, door, pair } = given
  if (door.privilege !== 'sudo') return notApplicable(`${host.user} uses no sudo on ${host.name}.`)
  try {
    const facts = await readRightsFacts(door, pair.slug)
    const words = { host: host.name, user: host.user, slug: pair.slug }
    // Nothing is compared with where sudo has no limits: then PostgreSQL need not even run.
    if (facts.programSum === null)
      return rightsOutcome(facts.isUnrestricted ? 'unrestricted' : 'none', words, isUrgent)
    return rightsOutcome(rightsState(facts, await neededRights(given)), words, isUrgent)
  } catch (error) {
    return notApplicable(`${host.name} could not be asked: ${toPublicError(error).message}`)
  }
}

/** Whether the login of each host may do as root what the pair needs there, and no more. Never throws. */
export async function rightsChecks(given: {
  readonly hosts: Readonly<Record<Role, Host>>
  readonly doors: Readonly<Record<Role, HostDoor>>
  readonly pair: Pair
  readonly profile: Profile
  readonly isUrgent: boolean
}): Promise<readonly PreflightCheck[]> {
  const { hosts, doors, pair, profile, isUrgent } = given
  const check = async (role: Role) => {
    const of = { door: doors[role], host: hosts[role], peer: hosts[otherRole(role)], pair, profile }
    return toCheck(`${role}-rights`, 'What the login may do as root', role, await outcomeOf(of, isUrgent))
  }
  return await Promise.all([check('primary'), check('standby')])
}
