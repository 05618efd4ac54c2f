import { eq } from 'drizzle-orm'
import { AppError } from '@/lib/errors'
import type { Database } from '@/lib/io/store/database'
import { packageDrifts } from '@/lib/io/store/schema'
import { violatedConstraint } from '@/lib/io/store/store-error'
import { isUuid } from '@/lib/io/store/uuid'
import type { PackageDriftRepository } from '@/lib/ports/store'

/** How the packages of each pair's hosts differ. */
export function createPackageDriftRepository(db: Database): PackageDriftRepository {
  return {
    latest: async (pairId) => {
      if (!isUuid(pairId)) return null
      const [found] = await db.select().from(packageDrifts).where(eq(packageDrifts.pairId, pairId))
      return found?.drifts ?? null
    },

    put: async (pairId, drifts) => {
      try {
        await db
          .insert(packageDrifts)
          .values({ pairId, drifts })
          .onConflictDoUpdate({ target: packageDrifts.pairId, set: { drifts } })
      } catch (error) {
        if (violatedConstraint(error) === null) throw error
        throw new AppError('NOT_FOUND', 'There is no such pair.', { cause: error })
      }
    },
  }
}
