import type { Operation, OperationEvent, OperationId, RecordedEvent } from '@/lib/domain/operation'
import { type OperationVerb, operationPermissions } from '@/lib/domain/operation-verbs'
import { AppError } from '@/lib/errors'
import type { OperationRepository } from '@/lib/ports/store'

type Asked = {
  readonly operationId: OperationId
  readonly verb: OperationVerb
  /** Who asks, as it shall stand in the record. */
  readonly by: string
  /** Why, in the operator's words; kept for `close`. */
  readonly why: string
}

function eventsOf(
  operation: Operation,
  events: readonly RecordedEvent[],
  { verb, by, why }: Asked,
): OperationEvent[] {
  if (verb === 'close') return [{ type: 'operation.closed', by, why }]
  if (verb !== 'cancel') return [{ type: 'operation.requested', mode: verb, by }]
  const request: OperationEvent = { type: 'operation.cancel-requested', by }
  if (operation.state !== 'queued') return [request]
  const hasBegun = events.some(({ event }) => event.type === 'operation.started')
  const closed: OperationEvent = {
    type: 'operation.closed',
    by,
    why: 'It was cancelled before anything was done.',
  }
  return [request, { type: 'operation.cancelled' }, ...(hasBegun ? [] : [closed])]
}

/**
 * Asks for an operation to be cancelled, resumed, undone or closed by writing that into its record: give it the
 * repository of the transaction that also writes the audit row. Workers hear of it at its commit (channel `operations`), and
 * look for what they missed every few seconds, so a request is never lost and nothing else has to be called.
 * Starting one needs no call: inserting the operation is the request.
 * Throws NOT_FOUND, PRECONDITION_FAILED (with the reason of `operationPermissions`) or CONFLICT.
 */
export async function askOperation(
  operations: Pick<OperationRepository, 'find' | 'events' | 'append'>,
  asked: Asked,
): Promise<void> {
  const operation = await operations.find(asked.operationId)
  if (!operation) throw new AppError('NOT_FOUND', 'There is no such operation.')
  const events = await operations.events(operation.id)
  const permission = operationPermissions(operation, events)[asked.verb]
  if (!permission.allowed)
    throw new AppError('PRECONDITION_FAILED', permission.reason, {
      fix: 'Look at the operation’s page: it shows what can be done now.',
      detail: `${asked.verb} in state ${operation.state}`,
    })
  for (const event of eventsOf(operation, events, asked)) await operations.append(operation.id, event)
}
