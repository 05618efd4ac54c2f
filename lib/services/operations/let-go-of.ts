import type { OperationId } from '@/lib/domain/operation'
import { letGo } from '@/lib/operations/let-go'
import type { ServiceContext } from '@/lib/services/context'
import { findOperation, findProfile } from '@/lib/services/find-or-throw'

/** What the worker does at every other end, for an operation that was closed: nobody works on one that stands. */
export async function letGoOf(context: ServiceContext, operationId: OperationId): Promise<void> {
  const { store, doors } = context
  const operation = await findOperation(store, operationId)
  const events = await store.operations.events(operationId)
  const pair = await store.pairs.find(operation.pairId)
  if (!pair || !events.some(({ event }) => event.type === 'operation.started')) return
  const ids = [...new Set(Object.values(operation.plan.hosts))]
  const found = await Promise.all(ids.map((id) => store.hosts.find(id)))
  const hosts = found.flatMap((host) => (host ? [{ host, door: doors.door(host) }] : []))
  const { logDirectory } = findProfile(context, pair.profileId)
  await letGo({ operation, pairSlug: pair.slug, events, logDirectory, hosts })
}
