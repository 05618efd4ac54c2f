import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OperationEvent } from '@/lib/domain/operation'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { insertPair, newOperation } from '@/test/harness/store-fixtures'

let at: TestStore
beforeAll(async () => {
  at = await createTestStore()
})
afterAll(() => at.close())

const appendAll = async (id: string, events: readonly OperationEvent[]) => {
  for (const event of events) await at.store.operations.append(id, event)
}
const started: OperationEvent = { type: 'operation.started', mode: 'run' }
const error = { code: 'STEP_FAILED', message: 'It did not work.', fix: 'Look.' } as const

test('an operation comes back as it was asked for, queued, under the id of its plan', async () => {
  const pair = await insertPair(at.store)
  const given = newOperation(pair, { input: { nested: [1, null, 'ü'] } })
  const made = await at.store.operations.insert(given)
  expect(made).toEqual({
    ...given,
    id: given.plan.operationId,
    state: 'queued',
    createdAt: expect.any(String),
    endedAt: null,
  })
  expect(await at.store.operations.find(made.id)).toEqual(made)
  expect(await at.store.operations.current(pair.id)).toEqual(made)
})

test('a second operation of the pair is refused with who, when and what holds it', async () => {
  const pair = await insertPair(at.store)
  const held = await at.store.operations.insert(newOperation(pair, { startedBy: 'ada', reason: 'storm' }))
  const refused = at.store.operations.insert(newOperation(pair, { kind: 'promote', startedBy: 'bob' }))
  await expect(refused).rejects.toMatchObject({ code: 'PAIR_BUSY' })
  await expect(refused).rejects.toThrow(
    `This pair is held by create (queued), started by ada at ${held.createdAt}: storm`,
  )
})

test('twenty starts at once from two processes: one holds the pair', async () => {
  const pair = await insertPair(at.store)
  const other = at.openAnother()
  const tried = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? at.store : other).operations.insert(newOperation(pair)),
    ),
  )
  expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const result of tried)
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'PAIR_BUSY' })
})

test('operations of two pairs don’t hinder each other', async () => {
  for (const pair of [await insertPair(at.store), await insertPair(at.store)])
    await expect(at.store.operations.insert(newOperation(pair))).resolves.toBeDefined()
})

test.for([
  { how: 'succeeded', events: [started, { type: 'operation.succeeded' }] },
  { how: 'undone', events: [{ type: 'operation.started', mode: 'undo' }, { type: 'operation.undone' }] },
] as { how: string; events: OperationEvent[] }[])(
  'an operation that $how lets the next one in',
  async ({ events }) => {
    const pair = await insertPair(at.store)
    const first = await at.store.operations.insert(newOperation(pair))
    await appendAll(first.id, events)
    expect(await at.store.operations.current(pair.id)).toBeNull()
    await expect(at.store.operations.insert(newOperation(pair))).resolves.toBeDefined()
  },
)

test('an operation that failed still holds its pair, until it is closed', async () => {
  const pair = await insertPair(at.store)
  const first = await at.store.operations.insert(newOperation(pair))
  await appendAll(first.id, [started, { type: 'operation.failed', error }])
  await expect(at.store.operations.insert(newOperation(pair))).rejects.toMatchObject({ code: 'PAIR_BUSY' })
  await appendAll(first.id, [{ type: 'operation.closed', by: 'ada', why: 'seen to' }])
  await expect(at.store.operations.insert(newOperation(pair))).resolves.toBeDefined()
})

test('events are numbered without a gap, move the state, and are read from any number on', async () => {
  const pair = await insertPair(at.store)
  const { id } = await at.store.operations.insert(newOperation(pair))
  const events: OperationEvent[] = [
    started,
    { type: 'step.started', stepId: 'a', attempt: 1 },
    { type: 'step.output', stepId: 'a', line: 'line\u2028“x”' },
    { type: 'step.succeeded', stepId: 'a', sentence: 'Seen.' },
  ]
  await appendAll(id, events)
  const recorded = await at.store.operations.events(id)
  expect(recorded.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  expect(recorded.map(({ event }) => event)).toEqual(events)
  expect(await at.store.operations.events(id, 2)).toEqual(recorded.slice(2))
  expect((await at.store.operations.find(id))?.state).toBe('running')
})

test('an event that the state does not allow is a conflict and leaves no trace', async () => {
  const pair = await insertPair(at.store)
  const { id } = await at.store.operations.insert(newOperation(pair))
  await expect(at.store.operations.append(id, { type: 'operation.succeeded' })).rejects.toMatchObject({
    code: 'CONFLICT',
  })
  expect(await at.store.operations.events(id)).toEqual([])
})

test('of many ends that are written at once, one is recorded', async () => {
  const pair = await insertPair(at.store)
  const { id } = await at.store.operations.insert(newOperation(pair))
  await appendAll(id, [started])
  const other = at.openAnother()
  const ends: OperationEvent[] = [
    { type: 'operation.succeeded' },
    { type: 'operation.failed', error },
    { type: 'operation.cancelled' },
    { type: 'operation.interrupted', why: 'killed' },
  ]
  const tried = await Promise.allSettled(
    ends.map((event, index) => (index % 2 === 0 ? at.store : other).operations.append(id, event)),
  )
  expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await at.store.operations.events(id)).toHaveLength(2)
})

test('lines written at once by two processes all arrive, each under its own number', async () => {
  const pair = await insertPair(at.store)
  const { id } = await at.store.operations.insert(newOperation(pair))
  await appendAll(id, [started])
  const other = at.openAnother()
  await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      (index % 2 === 0 ? at.store : other).operations.append(id, {
        type: 'step.output',
        stepId: 'a',
        line: `${index}`,
      }),
    ),
  )
  const recorded = await at.store.operations.events(id)
  expect(recorded.map(({ seq }) => seq)).toEqual(Array.from({ length: 61 }, (_, index) => index + 1))
  expect(new Set(recorded.slice(1).map(({ event }) => JSON.stringify(event))).size).toBe(60)
})

test('when it ended is kept while it stands, and forgotten when it goes on', async () => {
  const pair = await insertPair(at.store)
  const { id } = await at.store.operations.insert(newOperation(pair))
  await appendAll(id, [started, { type: 'operation.failed', error }])
  expect((await at.store.operations.find(id))?.endedAt).toEqual(expect.any(String))
  await appendAll(id, [{ type: 'operation.requested', mode: 'resume', by: 'ada' }])
  expect((await at.store.operations.find(id))?.endedAt).toBeNull()
})

test('an idempotency key leads to its operation and can’t be used twice', async () => {
  const [one, two] = [await insertPair(at.store), await insertPair(at.store)]
  const first = await at.store.operations.insert(newOperation(one))
  const second = await at.store.operations.insert(newOperation(two))
  const key = randomUUID()
  await at.store.operations.setIdempotencyKey(first.id, key)
  expect((await at.store.operations.findByIdempotencyKey(key))?.id).toBe(first.id)
  await expect(at.store.operations.setIdempotencyKey(second.id, key)).rejects.toMatchObject({
    code: 'CONFLICT',
  })
  expect(await at.store.operations.findByIdempotencyKey('another')).toBeNull()
})

test('a plan that was started can’t be started again', async () => {
  const pair = await insertPair(at.store)
  const given = newOperation(pair)
  const first = await at.store.operations.insert(given)
  await appendAll(first.id, [started, { type: 'operation.succeeded' }])
  await expect(at.store.operations.insert(given)).rejects.toMatchObject({ code: 'CONFLICT' })
})

test('lists are the pair’s own, newest first and cut; states are found across pairs', async () => {
  const pair = await insertPair(at.store)
  const ids: string[] = []
  for (let count = 0; count < 3; count += 1) {
    const { id } = await at.store.operations.insert(newOperation(pair))
    await appendAll(id, [started, { type: 'operation.succeeded' }])
    ids.unshift(id)
  }
  expect((await at.store.operations.listOfPair(pair.id, 2)).map(({ id }) => id)).toHaveLength(2)
  expect(new Set((await at.store.operations.listOfPair(pair.id, 9)).map(({ id }) => id))).toEqual(
    new Set(ids),
  )
  const done = await at.store.operations.listInState(['succeeded'])
  expect(done.map(({ id }) => id)).toEqual(expect.arrayContaining(ids))
  expect(await at.store.operations.listInState([])).toEqual([])
})

test('an id that is no uuid is not found, never a failed statement', async () => {
  expect(await at.store.operations.find('x')).toBeNull()
  expect(await at.store.operations.events('x')).toEqual([])
  expect(await at.store.operations.listOfPair('x', 5)).toEqual([])
  await expect(at.store.operations.append('x', started)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
