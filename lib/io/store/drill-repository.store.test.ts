import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withCheck } from '@/lib/domain/drill'
import type { Pair } from '@/lib/domain/pair'
import { drillCheck, drillOf } from '@/test/harness/drills'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { insertPair, newOperation } from '@/test/harness/store-fixtures'

let at: TestStore
beforeAll(async () => {
  at = await createTestStore()
})
afterAll(() => at.close())

async function insertOperation(pair: Pair): Promise<string> {
  const { id } = await at.store.operations.insert(newOperation(pair))
  return id
}

async function close(operationId: string): Promise<void> {
  await at.store.operations.append(operationId, { type: 'operation.interrupted', why: 'A test.' })
  await at.store.operations.append(operationId, { type: 'operation.closed', by: 'ada', why: 'A test.' })
}

test('a drill is kept with its operation, and is begun once', async () => {
  const pair = await insertPair(at.store)
  const first = drillOf({ operationId: await insertOperation(pair), pairId: pair.id })
  expect(await at.store.drills.find(first.operationId)).toBeNull()
  await at.store.drills.begin(first)
  await at.store.drills.begin({ ...first, reason: 'Another worker begins it once more.' })
  expect(await at.store.drills.find(first.operationId)).toEqual(first)
  expect(await at.store.drills.listOfPair(pair.id, 10)).toEqual([first])
})

test('what two workers add to it at once is all there', async () => {
  const pair = await insertPair(at.store)
  const operationId = await insertOperation(pair)
  await at.store.drills.begin(drillOf({ operationId, pairId: pair.id, checks: [] }))
  const ids = ['a', 'b', 'c', 'd', 'e', 'f']
  const add = (id: string) =>
    at.store.drills.change(operationId, (drill) => ({
      ...drill,
      checks: withCheck(drill.checks, drillCheck({ id })),
    }))
  await Promise.all(ids.map(add))
  const found = await at.store.drills.find(operationId)
  expect(found?.checks.map(({ id }) => id).toSorted()).toEqual(ids)
})

test('the latest comes first, of the pair alone, and no more than are asked for', async () => {
  const pair = await insertPair(at.store)
  const days = ['21', '23', '22']
  for (const day of days) {
    const operationId = await insertOperation(pair)
    await close(operationId)
    const startedAt = `2026-11-${day}T03:00:00.000Z`
    await at.store.drills.begin(drillOf({ operationId, pairId: pair.id, startedAt, outcome: 'passed' }))
  }
  const latest = await at.store.drills.listOfPair(pair.id, 2)
  expect(latest.map(({ startedAt }) => startedAt.slice(8, 10))).toEqual(['23', '22'])
  expect(await at.store.drills.listOfPair((await insertPair(at.store)).id, 2)).toEqual([])
})

test('one that nobody will end was broken off', async () => {
  const pair = await insertPair(at.store)
  const operationId = await insertOperation(pair)
  await at.store.drills.begin(drillOf({ operationId, pairId: pair.id }))
  expect(await at.store.drills.listOfPair(pair.id, 1)).toMatchObject([{ outcome: 'running', endedAt: null }])
  await close(operationId)
  expect(await at.store.drills.listOfPair(pair.id, 1)).toMatchObject([
    { outcome: 'broken-off', endedAt: expect.stringMatching(/Z$/) },
  ])
})

test('a page of its pair hears of it', async () => {
  const pair = await insertPair(at.store)
  const operationId = await insertOperation(pair)
  const heard: (string | null)[] = []
  let wake: () => void = () => undefined
  const told = new Promise<void>((resolve) => {
    wake = resolve
  })
  const stop = await at.store.listen('pairs', (id) => {
    heard.push(id)
    wake()
  })
  await at.store.drills.begin(drillOf({ operationId, pairId: pair.id }))
  await told
  await stop()
  expect(heard).toContain(pair.id)
})

test('nothing is kept of an operation that there is not, and nothing is found of it', async () => {
  const pair = await insertPair(at.store)
  const drill = drillOf({ operationId: randomUUID(), pairId: pair.id })
  await expect(at.store.drills.begin(drill)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const change = at.store.drills.change(randomUUID(), (same) => same)
  await expect(change).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(at.store.drills.change('x', (same) => same)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await at.store.drills.find('x')).toBeNull()
  expect(await at.store.drills.listOfPair('x', 1)).toEqual([])
})

test('the schedule of a pair’s drills is kept with it, and taken away', async () => {
  const { id } = await insertPair(at.store)
  const options = { lagSeconds: 10, rateMegabytes: 100, amcheckMinutes: 60, directory: null }
  const drillSchedule = { cron: '0 3 * * 0', options, by: 'ada', since: '2026-11-23T03:00:00.000Z' }
  await at.store.pairs.update(id, { drillSchedule })
  expect(await at.store.pairs.find(id)).toMatchObject({ drillSchedule })
  await at.store.pairs.update(id, { drillSchedule: null })
  expect(await at.store.pairs.find(id)).not.toHaveProperty('drillSchedule')
})
