import { desc, eq } from 'drizzle-orm'
import type { Drill } from '@/lib/domain/drill'
import { asEnded } from '@/lib/domain/drill-ended'
import { AppError } from '@/lib/errors'
import type { Database } from '@/lib/io/store/database'
import { notify } from '@/lib/io/store/notify'
import { drills, operations } from '@/lib/io/store/schema'
import { violatedConstraint } from '@/lib/io/store/store-error'
import { isUuid } from '@/lib/io/store/uuid'
import type { DrillRepository } from '@/lib/ports/store'
import { toInstant } from '@/lib/time'

const notFound = (cause?: unknown) =>
  new AppError('NOT_FOUND', 'There is no such operation.', {
    fix: 'Choose one from the pair’s history.',
    cause,
  })

async function beginIn(db: Database, drill: Drill): Promise<void> {
  const { operationId, pairId, startedAt } = drill
  const row = { operationId, pairId, startedAt: new Date(startedAt), drill }
  await db.insert(drills).values(row).onConflictDoNothing({ target: drills.operationId })
  await notify(db, 'pairs', pairId)
}

async function changeIn(db: Database, operationId: string, change: (drill: Drill) => Drill): Promise<Drill> {
  const its = eq(drills.operationId, operationId)
  const [found] = await db.select().from(drills).where(its).for('update')
  if (!found) throw notFound()
  const drill = change(found.drill)
  await db.update(drills).set({ drill }).where(its)
  await notify(db, 'pairs', found.pairId)
  return drill
}

/** What drills showed. */
export function createDrillRepository(db: Database): DrillRepository {
  return {
    find: async (operationId) => {
      if (!isUuid(operationId)) return null
      const [found] = await db.select().from(drills).where(eq(drills.operationId, operationId))
      return found?.drill ?? null
    },

    begin: async (drill) => {
      try {
        await db.transaction((nested) => beginIn(nested, drill))
      } catch (error) {
        throw violatedConstraint(error) === null ? error : notFound(error)
      }
    },

    change: async (operationId, change) => {
      if (!isUuid(operationId)) throw notFound()
      return await db.transaction((nested) => changeIn(nested, operationId, change))
    },

    listOfPair: async (pairId, limit) => {
      if (!isUuid(pairId)) return []
      const rows = await db
        .select({ drill: drills.drill, state: operations.state, endedAt: operations.endedAt })
        .from(drills)
        .innerJoin(operations, eq(operations.id, drills.operationId))
        .where(eq(drills.pairId, pairId))
        .orderBy(desc(drills.startedAt), desc(drills.operationId))
        .limit(limit)
      return rows.map(({ drill, state, endedAt }) => asEnded(drill, state, endedAt && toInstant(endedAt)))
    },
  }
}
