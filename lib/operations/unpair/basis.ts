import { isOwn } from '@/lib/domain/adopt/adoption'
import type { DirectorySetting, Role } from '@/lib/domain/pair'
import type { AnyOperationContext } from '@/lib/operations/context'
import { type CreateBasis, type FileBasis, hasDatabase } from '@/lib/operations/create/basis'
import { createBasis } from '@/lib/operations/create/plan-create'
import type { UnpairFacts } from '@/lib/operations/unpair/facts'

/** What every step of an unpair is given. A layout is null where nobody knows where the host's PostgreSQL lies. */
export type UnpairContext = AnyOperationContext & { readonly facts: UnpairFacts }

/** The part of the context that is plain data: plan and steps are built from it. */
export type UnpairBasis = Pick<
  UnpairContext,
  'operationId' | 'pair' | 'profile' | 'hosts' | 'layouts' | 'facts'
>

type Created = Pick<UnpairBasis, 'pair' | 'profile' | 'hosts'> & {
  readonly facts: Pick<UnpairFacts, 'created'>
}

/** Directories that a change of settings took into the pair, or out of it, since it was made; those that have been in it all the time. */
export function directoriesSince({ pair, facts: { created } }: Pick<Created, 'pair' | 'facts'>) {
  const was: readonly DirectorySetting[] =
    created?.input.scope.files === true ? created.input.settings.directories : []
  const is = pair.scope.files ? pair.settings.directories : []
  const notIn = (list: readonly DirectorySetting[]) => (one: DirectorySetting) =>
    !list.some(({ id }) => id === one.id)
  const came = is.filter(notIn(was))
  return { stayed: is.filter(notIn(came)), came, went: was.filter(notIn(is)) }
}

/**
 * What the operation that made the pair was built from, in the roles that the hosts had then, with the directories that are the pair's still;
 * null where the store does not have it.
 */
export function createdBasis({ pair, profile, hosts, facts }: Created): FileBasis | null {
  const { created } = facts
  if (!created) return null
  const { stayed } = directoriesSince({ pair, facts })
  const isTurned = created.hosts.primary === hosts.standby.id
  const then = isTurned ? { primary: hosts.standby, standby: hosts.primary } : hosts
  return createBasis({
    operationId: created.operationId,
    pair: { ...pair, hosts: created.hosts, settings: { ...pair.settings, directories: stayed } },
    profile,
    hosts: then,
    input: created.input,
    facts: created.facts,
  })
}

/** The same where the pair has a database. */
export function createdDatabase(basis: UnpairBasis): CreateBasis | null {
  const made = createdBasis(basis)
  return made && hasDatabase(made) ? made : null
}

/** Whether the host was the standby when the pair was made: what create found and put aside there is its own. */
export const wasStandby = ({ facts, hosts }: UnpairBasis, role: Role): boolean =>
  facts.created?.hosts.standby === hosts[role].id

/** Whether its replication is Understudy's own; where somebody else's is only observed, it is left as it is. */
export const hasOwnReplication = ({ pair }: Pick<UnpairBasis, 'pair'>): boolean =>
  pair.scope.database && isOwn(pair, 'replication')

/** Whether the standby's data is the pair's, so that it may be handled. */
export function hasStandbyData(basis: UnpairBasis): boolean {
  const { facts } = basis
  const place = facts.places.standby
  return (
    hasOwnReplication(basis) &&
    place !== null &&
    place.layout.systemIdentifier === facts.systemIdentifier &&
    place.state !== 'primary'
  )
}
