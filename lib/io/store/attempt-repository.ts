import { eq, lt, or, sql } from 'drizzle-orm'
import type { Database, StoreContext } from '@/lib/io/store/database'
import { attempts } from '@/lib/io/store/schema'
import type { AttemptRepository } from '@/lib/ports/store'

const windowMsMax = 3_600_000

/** Counts of guesses in fixed windows. */
export function createAttemptRepository(db: Database, { clock }: StoreContext): AttemptRepository {
  return {
    take: async (key, { max, windowMs }) => {
      const now = clock.now()
      const over = sql`${attempts.windowStartedAt} <= ${new Date(now.getTime() - windowMs).toISOString()}`
      const [row] = await db
        .insert(attempts)
        .values({ key, count: 1, windowStartedAt: now })
        .onConflictDoUpdate({
          target: attempts.key,
          set: {
            count: sql`case when ${over} then 1 else ${attempts.count} + 1 end`,
            windowStartedAt: sql`case when ${over} then excluded.window_started_at else ${attempts.windowStartedAt} end`,
          },
        })
        .returning()
      if (!row) throw new Error('upsert into attempts returned no row')
      const leftMs = row.windowStartedAt.getTime() + windowMs - now.getTime()
      return { allowed: row.count <= max, retryAfterMs: row.count <= max ? 0 : Math.max(0, leftMs) }
    },

    clear: async (key) => {
      const hourAgo = new Date(clock.now().getTime() - windowMsMax)
      await db.delete(attempts).where(or(eq(attempts.key, key), lt(attempts.windowStartedAt, hourAgo)))
    },
  }
}
