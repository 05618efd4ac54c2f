import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { AppError } from '@/lib/errors'
import { createKeyring } from '@/lib/io/secrets/keyring'
import { openStore } from '@/lib/io/store/open-store'
import { systemClock } from '@/lib/time'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { query } from '@/test/harness/store-cluster'
import { anObservation, aVerdict, insertPair, newHost, newOperation } from '@/test/harness/store-fixtures'

let at: TestStore
beforeAll(async () => {
  at = await createTestStore()
})
afterAll(() => at.close())

test('a transaction keeps all or nothing, and its own error comes out', async () => {
  const before = await at.store.hosts.list()
  const refusal = new AppError('PRECONDITION_FAILED', 'No.')
  const tried = at.store.transaction(async (repositories) => {
    await repositories.hosts.insert(newHost())
    await repositories.audit.append({
      actor: 'a',
      action: 'lost',
      subject: '',
      origin: '',
      outcome: 'done',
      detail: '',
    })
    throw refusal
  })
  await expect(tried).rejects.toBe(refusal)
  expect(await at.store.hosts.list()).toEqual(before)
  expect((await at.store.audit.list({ limit: 100 })).map(({ action }) => action)).not.toContain('lost')
})

test('every change is told to listeners of another process, after it can be read there', async () => {
  const other = at.openAnother()
  const pair = await insertPair(at.store)
  const operations: (string | null)[] = []
  const pairs: (string | null)[] = []
  const stops = [
    await other.listen('operations', (id) => operations.push(id)),
    await other.listen('pairs', (id) => pairs.push(id)),
  ]
  const operation = await at.store.operations.insert(newOperation(pair))
  await vi.waitFor(() => expect(operations).toContain(operation.id))
  expect(await other.operations.find(operation.id)).not.toBeNull()
  await vi.waitFor(() => expect(pairs).toContain(pair.id))
  pairs.length = 0
  await at.store.observations.put({ pairId: pair.id, observation: anObservation, verdict: aVerdict })
  await vi.waitFor(() => expect(pairs).toEqual([pair.id]))
  for (const stop of stops) await stop()
  operations.length = 0
  await at.store.operations.append(operation.id, { type: 'operation.started', mode: 'run' })
  await at.store.operations.current(pair.id)
  expect(operations).toEqual([])
})

test('nothing is told of a transaction that was rolled back', async () => {
  const heard: (string | null)[] = []
  const stop = await at.store.listen('pairs', (id) => heard.push(id))
  await expect(
    at.store.transaction(async (repositories) => {
      await insertPair(repositories)
      throw new AppError('CANCELLED', 'No.')
    }),
  ).rejects.toMatchObject({ code: 'CANCELLED' })
  const kept = await insertPair(at.store)
  await vi.waitFor(() => expect(heard).toEqual([kept.id]))
  await stop()
})

test('after a lost connection listeners are told that anything may have changed, and hear again', async () => {
  const heard: (string | null)[] = []
  const stop = await at.store.listen('pairs', (id) => heard.push(id))
  await query(
    at.connectionString,
    'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
  )
  await vi.waitFor(() => expect(heard).toContain(null), { timeout: 5_000 })
  const pair = await insertPair(at.store)
  await vi.waitFor(() => expect(heard).toContain(pair.id))
  await stop()
})

test('a listener that throws does not keep the others from hearing', async () => {
  const heard: (string | null)[] = []
  const stops = [
    await at.store.listen('pairs', () => {
      throw new Error('a broken listener')
    }),
    await at.store.listen('pairs', (id) => heard.push(id)),
  ]
  const pair = await insertPair(at.store)
  await vi.waitFor(() => expect(heard).toEqual([pair.id]))
  for (const stop of stops) await stop()
})

test('while the server is away every call says STORE_UNAVAILABLE, and closing still works', async () => {
  const store = openStore({
    connectionString: 'postgresql://understudy@localhost/understudy?host=%2Fnonexistent',
    keyring: createKeyring([randomBytes(32)]),
    clock: systemClock,
  })
  await expect(store.hosts.list()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  await expect(store.transaction(async () => undefined)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  await expect(store.listen('pairs', () => undefined)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  await store.close()
})

test('a statement cut off by the server is STORE_UNAVAILABLE, and the next one works', async () => {
  const cut = at.store.transaction(async (repositories) => {
    await repositories.hosts.list()
    await query(
      at.connectionString,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and state = 'idle in transaction'`,
    )
    return repositories.hosts.list()
  })
  await expect(cut).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  await expect(at.store.hosts.list()).resolves.toBeDefined()
})

test('better-auth finds every column that it wants', async () => {
  const { getAuthTables } = await import('better-auth/db')
  const wanted = getAuthTables({
    emailAndPassword: { enabled: true },
    user: { additionalFields: { role: { type: 'string' } } },
  })
  const schema: Readonly<Record<string, object>> = at.store.auth.schema
  const missing = Object.entries(wanted).flatMap(([model, { fields }]) =>
    Object.keys(fields)
      .filter((field) => !(field in (schema[model] ?? {})))
      .map((field) => `${model}.${field}`),
  )
  expect(missing).toEqual([])
})
