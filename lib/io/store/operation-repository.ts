import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Operation, OperationEvent, RecordedEvent } from '@/lib/domain/operation'
import { applyOperationEvent, isHolding, isInFlight } from '@/lib/domain/operation-state'
import { AppError } from '@/lib/errors'
import type { Database, StoreContext } from '@/lib/io/store/database'
import { notify } from '@/lib/io/store/notify'
import { createOperationReads, findHolder, toOperation } from '@/lib/io/store/operation-reads'
import { operationEvents, operations } from '@/lib/io/store/schema'
import { violatedConstraint } from '@/lib/io/store/store-error'
import { isUuid } from '@/lib/io/store/uuid'
import type { OperationRepository } from '@/lib/ports/store'
import { type Clock, toInstant } from '@/lib/time'

/** The index that is the lock "one operation a pair". */
const holdingIndex = 'operations_one_holds_a_pair'

type NewOperation = Parameters<OperationRepository['insert']>[0]

const notFound = () =>
  new AppError('NOT_FOUND', 'There is no such operation.', { fix: 'Choose one from the pair’s history.' })

const busy = (holder: Operation) =>
  new AppError(
    'PAIR_BUSY',
    `This pair is held by ${holder.kind} (${holder.state}), started by ${holder.startedBy} at ${holder.createdAt}${holder.reason ? `: ${holder.reason}` : '.'}`,
    {
      fix: 'Wait for its end, or open it to cancel, resume, undo or close it.',
      detail: `operation ${holder.id}`,
    },
  )

/** Null where another operation holds the pair. In a transaction of its own, so that the refusal spoils no other. */
async function tryInsert(db: Database, clock: Clock, operation: NewOperation): Promise<Operation | null> {
  try {
    return await db.transaction(async (nested) => {
      const [made] = await nested
        .insert(operations)
        .values({
          ...operation,
          id: operation.plan.operationId,
          state: 'queued',
          isHolding: isHolding('queued'),
          createdAt: clock.now(),
          lastSeq: 0,
        })
        .returning()
      if (!made) throw new Error('insert into operations returned no row')
      await notify(nested, 'operations', made.id)
      await notify(nested, 'pairs', made.pairId)
      return toOperation(made)
    })
  } catch (error) {
    const constraint = violatedConstraint(error)
    if (constraint === null) throw error
    if (constraint === holdingIndex) return null
    if (constraint === 'operations_pkey')
      throw new AppError('CONFLICT', 'This plan was started already.', {
        fix: 'Look at the pair’s operations.',
        cause: error,
      })
    throw new AppError('NOT_FOUND', 'There is no such pair.', { cause: error })
  }
}

/** The holder may end between the refused insert and the look at it: then the way is free, and it tries again. */
async function insertOrRefuse(db: Database, clock: Clock, operation: NewOperation): Promise<Operation> {
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    const made = await tryInsert(db, clock, operation)
    if (made) return made
    const holder = await findHolder(db, operation.pairId)
    if (holder) throw busy(holder)
  }
  throw new AppError('PAIR_BUSY', 'Other operations hold this pair one after another.', { fix: 'Try again.' })
}

/** Throws CONFLICT when a worker that started later has the operation. */
async function refuseWhereTakenOver(db: Database, id: string, startSeq: number): Promise<void> {
  const [later] = await db
    .select({ seq: operationEvents.seq })
    .from(operationEvents)
    .where(
      and(
        eq(operationEvents.operationId, id),
        gt(operationEvents.seq, startSeq),
        sql`${operationEvents.event} ->> 'type' = 'operation.started'`,
      ),
    )
    .limit(1)
  if (later)
    throw new AppError('CONFLICT', 'Another worker has taken the operation over.', {
      fix: 'Look at its page: it shows what happened.',
      detail: `started at ${later.seq}, after ${startSeq}`,
    })
}

type Append = { readonly id: string; readonly event: OperationEvent; readonly startSeq: number | undefined }

async function appendIn(db: Database, clock: Clock, { id, event, startSeq }: Append): Promise<RecordedEvent> {
  const [row] = await db.select().from(operations).where(eq(operations.id, id)).for('update')
  if (!row) throw notFound()
  if (startSeq !== undefined) await refuseWhereTakenOver(db, id, startSeq)
  const state = applyOperationEvent(row.state, event)
  const at = clock.now()
  const seq = row.lastSeq + 1
  await db.insert(operationEvents).values({ operationId: id, seq, at, event })
  const endedAt = isInFlight(state) ? null : state === row.state ? row.endedAt : at
  await db
    .update(operations)
    .set({ state, isHolding: isHolding(state), endedAt, lastSeq: seq })
    .where(eq(operations.id, id))
  await notify(db, 'operations', id)
  if (state !== row.state) await notify(db, 'pairs', row.pairId)
  return { seq, at: toInstant(at), event }
}

async function setKey(db: Database, id: string, idempotencyKey: string): Promise<void> {
  const changed = await db
    .update(operations)
    .set({ idempotencyKey })
    .where(and(eq(operations.id, id), isNull(operations.idempotencyKey)))
    .returning({ id: operations.id })
  if (changed.length === 0) throw notFound()
}

/** Operations and their append-only events. */
export function createOperationRepository(db: Database, { clock }: StoreContext): OperationRepository {
  return {
    ...createOperationReads(db),

    insert: (operation) => insertOrRefuse(db, clock, operation),

    setIdempotencyKey: async (id, key) => {
      if (!isUuid(id)) throw notFound()
      try {
        await db.transaction((nested) => setKey(nested, id, key))
      } catch (error) {
        if (violatedConstraint(error) === null) throw error
        throw new AppError('CONFLICT', 'This request has started an operation already.', {
          fix: 'Look at the pair’s operations.',
          cause: error,
        })
      }
    },

    append: async (id, event, startSeq) => {
      if (!isUuid(id)) throw notFound()
      return await db.transaction((nested) => appendIn(nested, clock, { id, event, startSeq }))
    },
  }
}
