import type { Operation, OperationEvent, OperationId, Plan, RecordedEvent } from '@/lib/domain/operation'
import { applyOperationEvent } from '@/lib/domain/operation-state'
import { AppError } from '@/lib/errors'

/**
 * One operation and its record in memory, kept by the domain's own transition function, for tests of what stands above the
 * store. The store's own repository is proved in `lib/io/store`.
 */
export function memoryOperation(plan: Plan) {
  const id = plan.operationId
  const recorded: RecordedEvent[] = []
  let operation: Operation = {
    id,
    pairId: plan.pairId,
    kind: plan.kind,
    state: 'queued',
    plan,
    input: {},
    reason: 'A test',
    startedBy: 'ann',
    createdAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
  }
  return {
    recorded,
    current: () => operation,
    find: async (wanted: OperationId) => (wanted === id ? operation : null),
    events: async () => [...recorded],
    async append(of: OperationId, event: OperationEvent, startSeq?: number): Promise<RecordedEvent> {
      if (of !== id) throw new AppError('NOT_FOUND', 'There is no such operation.')
      const last = recorded.findLast((entry) => entry.event.type === 'operation.started')
      if (startSeq !== undefined && last && last.seq > startSeq)
        throw new AppError('CONFLICT', 'Another worker has taken it over.')
      operation = { ...operation, state: applyOperationEvent(operation.state, event) }
      const at = new Date(Date.UTC(2026, 0, 1) + recorded.length * 1000).toISOString()
      const entry = { seq: recorded.length + 1, at, event }
      recorded.push(entry)
      return entry
    },
  }
}
