import { askOfOperationInput } from '@/lib/domain/inputs'
import { neededForOperations } from '@/lib/domain/needed-roles'
import type { OperationId } from '@/lib/domain/operation'
import { parseInput } from '@/lib/domain/parse-input'
import type { OperationView } from '@/lib/domain/views'
import { askOperation } from '@/lib/operations/ask-operation'
import { letGo } from '@/lib/operations/let-go'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findOperation, findProfile } from '@/lib/services/find-or-throw'
import { readOperation } from '@/lib/services/operations/read-operation'
import { requireRole } from '@/lib/services/require-role'

/**
 * Cancels, resumes, undoes or closes an operation: the request goes into its record, the worker does the rest. Throws NOT_FOUND,
 * and PRECONDITION_FAILED with the reason where the operation does not allow it now.
 */
export async function askOfOperation(context: ServiceContext, input: unknown): Promise<OperationView> {
  await requireRole(context, neededForOperations, 'operation.ask')
  const { operationId, verb, reason } = parseInput(askOfOperationInput, input)
  await act(context, { action: `operation.${verb}`, subject: operationId }, (commit) =>
    commit(
      ({ operations }) =>
        askOperation(operations, { operationId, verb, by: context.actor.name, why: reason }),
      reason,
    ),
  )
  if (verb === 'close') await letGoOf(context, operationId)
  return readOperation(context, { operationId })
}

/** What the worker does at every other end: nobody works on an operation that stands. */
async function letGoOf(context: ServiceContext, operationId: OperationId): Promise<void> {
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
