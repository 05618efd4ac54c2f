import { hasCode } from '@/lib/errors'
import { awaitFact } from '@/lib/operations/await-fact'
import type { OwnerDatabase } from '@/lib/operations/context'

/**
 * Waits until the server accepts a session. Throws why it does not as soon as `isRunning` says that no server is left
 * to wait for; other failures than that it is down or starting are thrown at once.
 */
export async function awaitAnswer(
  database: OwnerDatabase,
  signal: AbortSignal,
  isRunning: () => Promise<boolean>,
): Promise<void> {
  await awaitFact({ signal, everyMs: 200 }, async () => {
    try {
      await database.query('select 1')
      return true
    } catch (error) {
      if (!hasCode(error, 'POSTGRES_STARTING', 'POSTGRES_DOWN')) throw error
      if (hasCode(error, 'POSTGRES_DOWN') && !(await isRunning())) throw error
      return null
    }
  })
}
