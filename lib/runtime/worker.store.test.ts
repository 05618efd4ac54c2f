import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureDataDirectory } from '@/lib/runtime/data-directory'
import { parseEnvironment } from '@/lib/runtime/environment'
import { createWiring, type Wiring } from '@/lib/runtime/wiring'
import { startWorker, type Worker } from '@/lib/runtime/worker'
import { createTestDatabase } from '@/test/harness/store'
import { insertPair } from '@/test/harness/store-fixtures'
import { toyPlan } from '@/test/harness/toy-operation'

let directory: string
let wiring: Wiring
let worker: Worker

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'understudy-worker-'))
  const variables = {
    DATABASE_URL: await createTestDatabase(),
    UNDERSTUDY_DATA_DIR: directory,
    UNDERSTUDY_LOG_LEVEL: 'error',
  }
  wiring = await createWiring(
    await ensureDataDirectory(parseEnvironment(variables, { isRoot: false })),
    'worker',
  )
  worker = await startWorker(wiring)
})
afterAll(async () => {
  await wiring.close()
  await rm(directory, { recursive: true })
})

test('an operation whose plan cannot be read fails with a sentence and does not hang', async () => {
  const { operations } = wiring.store
  const pair = await insertPair(wiring.store)
  const plan = toyPlan({ operationId: crypto.randomUUID(), pairId: pair.id })
  const given = { pairId: pair.id, kind: plan.kind, plan, input: {}, reason: '', startedBy: 'ada' }
  const { id } = await operations.insert(given)
  await expect.poll(async () => (await operations.find(id))?.state, { timeout: 10_000 }).toBe('failed')
  const last = (await operations.events(id)).at(-1)?.event
  expect(last).toMatchObject({ type: 'operation.failed' })
})

test('a worker that watches and works stops within two and a half seconds', async () => {
  const begunAt = Date.now()
  await worker.stop()
  expect(Date.now() - begunAt).toBeLessThan(2_500)
})
