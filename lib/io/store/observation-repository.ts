import { desc, eq, sql } from 'drizzle-orm'
import { AppError } from '@/lib/errors'
import type { Database } from '@/lib/io/store/database'
import { notify } from '@/lib/io/store/notify'
import { observations, stateChanges } from '@/lib/io/store/schema'
import { violatedConstraint } from '@/lib/io/store/store-error'
import { isUuid } from '@/lib/io/store/uuid'
import type { ObservationRepository } from '@/lib/ports/store'
import { toInstant } from '@/lib/time'

function gone(error: unknown): unknown {
  return violatedConstraint(error) === null
    ? error
    : new AppError('NOT_FOUND', 'There is no such pair.', { cause: error })
}

/** The latest observation of each pair, and the changes of its state. */
export function createObservationRepository(db: Database): ObservationRepository {
  return {
    // One statement, and no fsync for it: made anew each second, worth nothing after a crash.
    put: async ({ pairId, observation, verdict }) => {
      const put = sql`
        with unsynced as (select set_config('synchronous_commit', 'off', true) as value),
          kept as (
            insert into observations (pair_id, observation, verdict)
            values (${pairId}, ${JSON.stringify(observation)}::jsonb, ${JSON.stringify(verdict)}::jsonb)
            on conflict (pair_id) do update set observation = excluded.observation, verdict = excluded.verdict
            returning pair_id
          )
        select pg_notify('pairs', kept.pair_id::text), unsynced.value from kept, unsynced`
      await db.execute(put).catch((error: unknown) => {
        throw gone(error)
      })
    },

    latest: async (pairId) => {
      if (!isUuid(pairId)) return null
      const [found] = await db.select().from(observations).where(eq(observations.pairId, pairId))
      return found ?? null
    },

    addStateChange: async (pairId, change) => {
      await db
        .transaction(async (nested) => {
          await nested.insert(stateChanges).values({ ...change, at: new Date(change.at), pairId })
          await notify(nested, 'pairs', pairId)
        })
        .catch((error: unknown) => {
          throw gone(error)
        })
    },

    stateChanges: async (pairId, limit) => {
      if (!isUuid(pairId)) return []
      const rows = await db
        .select()
        .from(stateChanges)
        .where(eq(stateChanges.pairId, pairId))
        .orderBy(desc(stateChanges.id))
        .limit(limit)
      return rows.map(({ at, from, to, reason }) => ({ at: toInstant(at), from, to, reason }))
    },
  }
}
