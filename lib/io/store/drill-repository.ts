import { desc, eq } from 'drizzle-orm'
import { asEnded, type Drill } from '@/lib/domain/drill'
import { AppError } from '@/lib/errors'
import type { Database } from '@/lib/io/store/database'
import { notify } from '@/lib/io/store/notify'
import { drills, operations } from '@/lib/io/store/schema'
import { violatedConstraint } from '@/lib/io/store/store-error'
import { isUuid } from '@/lib/io/store/uuid'
import type { DrillRepository } from '@/lib/ports/store'
import { toInstant } from '@/lib/time'

async function putIn(db: Database, drill: Drill): Promise<void> {
  const { operationId, pairId, startedAt } = drill
  const row = { operationId, pairId, startedAt: new Date(startedAt), drill }
  await db.insert(drills).values(row).onConflictDoUpdate({ target: drills.operationId, set: { drill } })
  await notify(db, 'pairs', pairId)
}

/** What drills showed. */
export function createDrillRepository(db: Database): DrillRepository {
  return {
    find: async (operationId) => {
      if (!isUuid(operationId)) return null
      const [found] = await db.select().from(drills).where(eq(drills.operationId, operationId))
      return found?.drill ?? null
    },

    put: async (drill) => {
      try {
        await db.transaction((nested) => putIn(nested, drill))
      } catch (error) {
        if (violatedConstraint(error) === null) throw error
        throw new AppError('NOT_FOUND', 'There is no such operation.', { cause: error })
      }
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
