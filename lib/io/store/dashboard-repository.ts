import type { Database } from '@/lib/io/store/database'
import { dashboard } from '@/lib/io/store/schema'
import type { DashboardRepository } from '@/lib/ports/store'

/** Who this dashboard is, for other dashboards. The row came with the schema. */
export function createDashboardRepository(db: Database): DashboardRepository {
  return {
    identity: async () => {
      const [row] = await db.select().from(dashboard)
      if (!row) throw new Error('the store has lost the identity of its dashboard')
      return row.identity
    },
  }
}
