import type { Database } from '@/lib/io/store/database'
import { setupCode } from '@/lib/io/store/schema'
import type { SetupCodeRepository } from '@/lib/ports/store'

/** The hash of the one-time code that makes the first administrator: one row or none. */
export function createSetupCodeRepository(db: Database): SetupCodeRepository {
  return {
    hash: async () => (await db.select().from(setupCode).for('update'))[0]?.hash ?? null,

    setHash: async (hash) => {
      if (hash === null) await db.delete(setupCode)
      else
        await db
          .insert(setupCode)
          .values({ id: 1, hash })
          .onConflictDoUpdate({ target: setupCode.id, set: { hash } })
    },
  }
}
