import { desc, eq, sql } from 'drizzle-orm'
import { nothingWitnessed } from '@/lib/domain/fork-witness'
import { AppError } from '@/lib/errors'
import type { Database } from '@/lib/io/store/database'
import { notify } from '@/lib/io/store/notify'
import { leases, observations, stateChanges } from '@/lib/io/store/schema'
import { violatedConstraint } from '@/lib/io/store/store-error'
import { isUuid } from '@/lib/io/store/uuid'
import type { ObservationRepository } from '@/lib/ports/store'
import { toInstant } from '@/lib/time'

function gone(error: unknown): unknown {
  return violatedConstraint(error) === null
    ? error
    : new AppError('NOT_FOUND', 'There is no such pair.', { cause: error })
}

/** The lease's row stays locked until the transaction ends, so that nobody takes it between the question and the write. */
const holds = (fence: number | undefined) =>
  fence === undefined
    ? sql`true`
    : sql`exists (select from ${leases} where ${eq(leases.fence, fence)} for share)`

const leaseLost = () => new AppError('CONFLICT', 'Another worker watches this pair now.')

/** The latest observation of each pair, and the changes of its state. */
export function createObservationRepository(db: Database): ObservationRepository {
  return {
    // One statement, and no fsync for it: made anew each second, worth nothing after a crash.
    put: async ({ pairId, observation, verdict, witness }, fence) => {
      const put = sql`
        with unsynced as (select set_config('synchronous_commit', 'off', true) as value),
          kept as (
            insert into observations (pair_id, observation, verdict, witness)
            select ${pairId}::uuid, ${JSON.stringify(observation)}::jsonb, ${JSON.stringify(verdict)}::jsonb,
              ${JSON.stringify(witness ?? nothingWitnessed)}::jsonb
            where ${holds(fence)}
            on conflict (pair_id) do update set observation = excluded.observation, verdict = excluded.verdict,
              witness = case when ${witness !== undefined} then excluded.witness else observations.witness end
            returning pair_id
          )
        select pg_notify('pairs', kept.pair_id::text), unsynced.value from kept, unsynced`
      const { rows } = await db.execute(put).catch((error: unknown) => {
        throw gone(error)
      })
      if (rows.length === 0) throw leaseLost()
    },

    latest: async (pairId) => {
      if (!isUuid(pairId)) return null
      const [found] = await db.select().from(observations).where(eq(observations.pairId, pairId))
      return found ?? null
    },

    addStateChange: async (pairId, change, fence) => {
      await db
        .transaction(async (nested) => {
          const { rows } = await nested.execute(sql`select 1 where ${holds(fence)}`)
          if (rows.length === 0) throw leaseLost()
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
