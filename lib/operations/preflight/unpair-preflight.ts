import { isOwn } from '@/lib/domain/adopt/adoption'
import { otherRole, type Role, roles } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import {
  accessCheck,
  rightHostCheck,
  sudoCheck,
  twoHostsWhereSeen,
} from '@/lib/operations/preflight/access-checks'
import { crontabWhereUsed } from '@/lib/operations/preflight/application-checks'
import { fail, notApplicable, type Outcome, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'
import { hasStandbyData, type UnpairBasis } from '@/lib/operations/unpair/basis'

/** A host that can't be reached is owed; with neither there is nothing to begin with. */
function reachCheck({ facts, hosts }: UnpairBasis, role: Role): PreflightCheck {
  const { name } = hosts[role]
  const make = (outcome: Outcome) => toCheck(`${role}-reach`, 'Can be reached for it', role, outcome)
  if (facts.acts.includes(role)) return make(pass(`${name} answers.`))
  if (!facts.owes.includes(role)) return make(notApplicable(`Nothing of the pair is left on ${name}.`))
  const { machine, server } = facts[role]
  const why = !machine.seen
    ? machine.why.message
    : server.seen
      ? `PostgreSQL on ${name} accepts no writes, or is not the pair’s.`
      : server.why.message
  return make(
    facts.acts.length === 0
      ? fail(`${why} Nothing can be done on any host of the pair.`, 'Wait until one of them answers.')
      : warn(
          why,
          `What the pair has put on ${name} is removed when it answers; ${hosts[otherRole(role)].name} is cleaned now.`,
        ),
  )
}

const chooseAnother = 'Choose another way to leave the standby.'

/** As it was before the pair was taken over: both hosts have a part in that. */
function asFoundOutcome({ facts, hosts }: UnpairBasis): Outcome {
  const { isThere, sentence } = facts.asFound ?? { isThere: false, sentence: 'It could not be looked at.' }
  if (!isThere) return fail(sentence, chooseAnother)
  if (facts.owes.length > 0)
    return fail(
      `${facts.owes.map((role) => hosts[role].name).join(' and ')} can’t be reached for it.`,
      `Wait until it answers; or: ${chooseAnother}`,
    )
  return pass(sentence)
}

function leftAsOutcome(basis: UnpairBasis): Outcome {
  const { facts, hosts, pair } = basis
  const { name } = hosts.standby
  if (!facts.acts.includes('standby'))
    return facts.owes.includes('standby')
      ? warn(`${name} can’t be asked now.`, 'Whether it can be left as chosen is seen when it answers.')
      : notApplicable(`Nothing is left to do on ${name}.`)
  const place = facts.places.standby
  if (place?.state === 'primary' && place.layout.systemIdentifier === facts.systemIdentifier)
    return fail(
      `PostgreSQL on ${name} accepts writes to the pair’s data.`,
      'Find out which host the application uses, and stop the other one first.',
    )
  if (facts.leave === 'as-found') return asFoundOutcome(basis)
  if (!isOwn(pair, 'replication'))
    return facts.leave === 'stopped'
      ? pass(`How ${name} follows is not Understudy’s own: its PostgreSQL is left as it is.`)
      : fail(`How ${name} follows is not Understudy’s own: nothing is done with its data.`, chooseAnother)
  if (facts.leave === 'original') {
    const { isThere, sentence } = facts.original ?? { isThere: false, sentence: 'It could not be looked at.' }
    if (!isThere) return fail(sentence, chooseAnother)
    if (pair.scope.database && !hasStandbyData(basis))
      return fail(`The copy on ${name} could not be proved to be the pair’s data.`, chooseAnother)
    return pass(sentence)
  }
  if (facts.leave === 'standalone' && !(hasStandbyData(basis) && place?.state === 'standby'))
    return fail(`${name} has no PostgreSQL in recovery that could become a copy of its own.`, chooseAnother)
  return pass(
    facts.leave === 'standalone'
      ? `PostgreSQL on ${name} is in recovery and can become a copy of its own.`
      : `${name} is left stopped; nothing of its data is moved.`,
  )
}

/** All checks before a pair is taken apart. */
export function unpairPreflight(basis: UnpairBasis): readonly PreflightCheck[] {
  const { facts, profile, pair } = basis
  const osUser = pair.scope.database ? profile.postgres.osUser : null
  // Who owns the data of a server that is stopped was seen before it stopped.
  const isOwnerSeen = (role: Role) =>
    !facts[role].isUnprivileged || !pair.scope.database || facts[role].server.seen
  const onHost = (role: Role) => [
    accessCheck(role, facts[role]),
    ...(isOwnerSeen(role) ? [sudoCheck(role, facts[role], osUser, profile.application)] : []),
    rightHostCheck(role, facts[role]),
    ...crontabWhereUsed(role, facts[role]),
  ]
  return [
    ...roles.map((role) => reachCheck(basis, role)),
    ...facts.acts.flatMap(onHost),
    ...twoHostsWhereSeen(facts.primary, facts.standby),
    toCheck('left-as', 'What the standby is left as', 'standby', leftAsOutcome(basis)),
  ]
}
