import type { FileOwners } from '@/lib/domain/observation'
import { type OwnerKind, ownerDifferences, ownersFix } from '@/lib/domain/owner-differences'
import type { Finding, Ground } from '@/lib/domain/verdict-ground'

const namedOf = (owners: FileOwners) => {
  const of = (kind: OwnerKind) =>
    owners[kind].flatMap(({ id, name }) => (name === null ? [] : [{ id, name }]))
  return { users: of('users'), groups: of('groups') }
}

/**
 * Who owns the synced directories by number is the same user on both hosts by name: files keep their numbers when they are copied, and after a
 * promotion the application would not own them. Of numbers that only one host has there nothing was copied yet.
 */
export function ownerFindings({ pair, a, b }: Ground): Finding[] {
  const [there, here] = [a.machine?.fileOwners, b.machine?.fileOwners]
  if (!pair.scope.files || !there || !here) return []
  const names = { primary: namedOf(there), standby: namedOf(here) }
  const differences = (['users', 'groups'] as const).flatMap((kind) => {
    const shared = there[kind].map(({ id }) => id).filter((id) => here[kind].some((entry) => entry.id === id))
    return ownerDifferences(shared, kind, names, b.name)
  })
  return differences.length === 0
    ? []
    : [{ sentence: `Owners of the synced directories differ: ${differences.join('; ')}.`, fix: ownersFix }]
}
