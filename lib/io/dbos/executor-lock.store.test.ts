import { afterEach, beforeEach, expect, test } from 'vitest'
import { ExecutorLock, ensureRuntimeSchema, makeLockClient } from '@/lib/io/dbos/executor-lock'
import { createTestDatabase } from '@/test/harness/store'
import { query } from '@/test/harness/store-cluster'

let connectionString: string
const locks: ExecutorLock[] = []

beforeEach(async () => {
  connectionString = await createTestDatabase('empty')
  const client = makeLockClient(connectionString)
  await client.connect()
  await Promise.all([ensureRuntimeSchema(client), ensureRuntimeSchema(client)])
  await client.end()
})
afterEach(async () => {
  for (const lock of locks.splice(0)) await lock.release()
})

async function take(executorId: string, onLost: () => void = () => undefined): Promise<ExecutorLock> {
  const makeClient = () => makeLockClient(connectionString)
  const lock = new ExecutorLock({ makeClient, executorId, onLost, onError: () => undefined })
  locks.push(lock)
  await lock.take()
  return lock
}

/** Ids of those among `executorIds` that `lock` takes for dead. */
async function deadOf(lock: ExecutorLock, executorIds: readonly string[], frozenAfterMs = 60_000) {
  const found: string[] = []
  await lock.withDead(executorIds, frozenAfterMs, async (dead) => {
    found.push(...dead.map(({ executorId }) => executorId))
  })
  return found
}

const endLockSessions = () =>
  query(
    connectionString,
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'understudy executor'`,
  )

test('only an executor whose lock is free is dead, and one that was never seen is', async () => {
  const mine = await take('mine')
  await take('alive')
  const gone = await take('gone')
  await gone.release()
  expect(await deadOf(mine, ['alive', 'gone', 'never'])).toEqual(['gone', 'never'])
})

test('how long the dead were silent is told by the store’s clock', async () => {
  const mine = await take('mine')
  const gone = await take('gone')
  await gone.release()
  await query(connectionString, `update durable.executors set seen_at = now() - interval '5 minutes'`)
  const silent: number[] = []
  await mine.withDead(['gone'], 600_000, async ([dead]) => {
    silent.push(dead?.silentMs ?? 0)
  })
  expect(silent[0]).toBeGreaterThanOrEqual(300_000)
  expect(silent[0]).toBeLessThan(330_000)
})

test('two never look for the dead at the same time', async () => {
  const [first, second] = [await take('first'), await take('second')]
  await first.withDead(['never'], 60_000, async () => {
    expect(await deadOf(second, ['never'])).toEqual([])
  })
  expect(await deadOf(second, ['never'])).toEqual(['never'])
})

test('one that holds its lock but was not seen for too long has it taken away, and learns of it', async () => {
  const mine = await take('mine')
  let losses = 0
  await take('frozen', () => {
    losses += 1
  })
  expect(await deadOf(mine, ['frozen'])).toEqual([])
  expect(losses).toBe(0)
  await deadOf(mine, ['frozen'], 0)
  await expect.poll(() => losses).toBe(1)
})

test('a lock that was lost is taken again', async () => {
  let losses = 0
  const lock = await take('mine', () => {
    losses += 1
  })
  await endLockSessions()
  await expect.poll(() => losses).toBe(1)
  await expect.poll(() => lock.isHeld).toBe(true)
})

test('a released lock is not taken again', async () => {
  const other = await take('other')
  const lock = await take('mine')
  await lock.release()
  expect(lock.isHeld).toBe(false)
  expect(await deadOf(other, ['mine'])).toEqual(['mine'])
})
