import { desc, lt } from 'drizzle-orm'
import type { Database, StoreContext } from '@/lib/io/store/database'
import { audit } from '@/lib/io/store/schema'
import type { AuditRepository } from '@/lib/ports/store'
import { toInstant } from '@/lib/time'

/** Who did what: rows are only ever added (a trigger of the store refuses anything else). */
export function createAuditRepository(db: Database, { clock }: StoreContext): AuditRepository {
  return {
    append: async (row) => {
      await db.insert(audit).values({ ...row, at: clock.now() })
    },

    list: async ({ limit, beforeId }) => {
      const rows = await db
        .select()
        .from(audit)
        .where(beforeId === undefined ? undefined : lt(audit.id, beforeId))
        .orderBy(desc(audit.id))
        .limit(limit)
      return rows.map((row) => ({ ...row, at: toInstant(row.at) }))
    },
  }
}
