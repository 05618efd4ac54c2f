import { hasCode } from '@/lib/errors'
import { awaitFact } from '@/lib/operations/await-fact'
import type { OwnerDatabase } from '@/lib/operations/context'

/** Waits until the server accepts a session. Other failures than that it is down or starting are thrown. */
export async function awaitAnswer(database: OwnerDatabase, signal: AbortSignal): Promise<void> {
  await awaitFact({ signal, everyMs: 200 }, async () => {
    try {
      await database.query('select 1')
      return true
    } catch (error) {
      if (hasCode(error, 'POSTGRES_STARTING', 'POSTGRES_DOWN')) return null
      throw error
    }
  })
}
