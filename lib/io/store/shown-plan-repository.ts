import { and, eq, gt, lt } from 'drizzle-orm'
import type { Database, StoreContext } from '@/lib/io/store/database'
import { shownPlans } from '@/lib/io/store/schema'
import { isUuid } from '@/lib/io/store/uuid'
import type { ShownPlanRepository } from '@/lib/ports/store'

/** As long as an operator may look at a plan before it counts as forgotten. */
const keepMs = 15 * 60_000

/** Plans as they were shown; those that nobody started go with the next one that is kept. */
export function createShownPlanRepository(db: Database, { clock }: StoreContext): ShownPlanRepository {
  const oldest = () => new Date(clock.now().getTime() - keepMs)
  return {
    keep: async (plan) => {
      await db.delete(shownPlans).where(lt(shownPlans.madeAt, oldest()))
      await db.insert(shownPlans).values({ operationId: plan.operationId, plan, madeAt: clock.now() })
    },

    find: async (operationId) => {
      if (!isUuid(operationId)) return null
      const [row] = await db
        .select({ plan: shownPlans.plan })
        .from(shownPlans)
        .where(and(eq(shownPlans.operationId, operationId), gt(shownPlans.madeAt, oldest())))
      return row?.plan ?? null
    },
  }
}
