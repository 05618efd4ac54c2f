import { and, asc, desc, eq, gt, inArray } from 'drizzle-orm'
import type { Operation } from '@/lib/domain/operation'
import type { Database } from '@/lib/io/store/database'
import { operationEvents, operations } from '@/lib/io/store/schema'
import { isUuid } from '@/lib/io/store/uuid'
import type { OperationRepository } from '@/lib/ports/store'
import { toInstant } from '@/lib/time'

type OperationRow = typeof operations.$inferSelect

export const toOperation = (row: OperationRow): Operation => ({
  id: row.id,
  pairId: row.pairId,
  kind: row.kind,
  state: row.state,
  plan: row.plan,
  input: row.input,
  reason: row.reason,
  startedBy: row.startedBy,
  createdAt: toInstant(row.createdAt),
  endedAt: row.endedAt && toInstant(row.endedAt),
})

/** The operation that holds the pair, if any. */
export async function findHolder(db: Database, pairId: string): Promise<Operation | null> {
  if (!isUuid(pairId)) return null
  const [found] = await db
    .select()
    .from(operations)
    .where(and(eq(operations.pairId, pairId), eq(operations.isHolding, true)))
  return found ? toOperation(found) : null
}

type Reads = Pick<
  OperationRepository,
  'find' | 'findByIdempotencyKey' | 'listOfPair' | 'current' | 'events' | 'listInState'
>

/** The half of the repository that changes nothing. */
export function createOperationReads(db: Database): Reads {
  return {
    find: async (id) => {
      if (!isUuid(id)) return null
      const [found] = await db.select().from(operations).where(eq(operations.id, id))
      return found ? toOperation(found) : null
    },

    findByIdempotencyKey: async (key) => {
      const [found] = await db.select().from(operations).where(eq(operations.idempotencyKey, key))
      return found ? toOperation(found) : null
    },

    listOfPair: async (pairId, limit) => {
      if (!isUuid(pairId)) return []
      const rows = await db
        .select()
        .from(operations)
        .where(eq(operations.pairId, pairId))
        .orderBy(desc(operations.createdAt), desc(operations.id))
        .limit(limit)
      return rows.map(toOperation)
    },

    current: (pairId) => findHolder(db, pairId),

    events: async (id, afterSeq = 0) => {
      if (!isUuid(id)) return []
      const rows = await db
        .select()
        .from(operationEvents)
        .where(and(eq(operationEvents.operationId, id), gt(operationEvents.seq, afterSeq)))
        .orderBy(asc(operationEvents.seq))
      return rows.map((row) => ({ seq: row.seq, at: toInstant(row.at), event: row.event }))
    },

    listInState: async (states) => {
      if (states.length === 0) return []
      const rows = await db
        .select()
        .from(operations)
        .where(inArray(operations.state, [...states]))
        .orderBy(asc(operations.createdAt))
      return rows.map(toOperation)
    },
  }
}
