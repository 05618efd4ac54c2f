import type { Operation } from '@/lib/domain/operation'
import type { Store } from '@/lib/ports/store'
import type { OperationEntry } from '@/lib/services/views/operation-view'

/** Everything that the page of an operation shows. A host that was removed since is said to be so. */
export async function readOperationEntry(store: Store, operation: Operation): Promise<OperationEntry> {
  const { primary, standby } = operation.plan.hosts
  const nameOf = async (id: string) => (await store.hosts.find(id))?.name ?? 'a removed host'
  const [events, pair, primaryName, standbyName] = await Promise.all([
    store.operations.events(operation.id),
    store.pairs.find(operation.pairId),
    nameOf(primary),
    nameOf(standby),
  ])
  return {
    operation,
    events,
    pairSlug: pair?.slug ?? '',
    hostNames: { primary: primaryName, standby: standbyName },
  }
}
