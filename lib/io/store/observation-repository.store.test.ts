import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { anObservation, aVerdict, insertPair } from '@/test/harness/store-fixtures'

let at: TestStore
beforeAll(async () => {
  at = await createTestStore()
})
afterAll(() => at.close())

test('only the latest observation is kept, with its verdict', async () => {
  const { id: pairId } = await insertPair(at.store)
  expect(await at.store.observations.latest(pairId)).toBeNull()
  const first = { pairId, observation: anObservation, verdict: aVerdict }
  const second = {
    pairId,
    observation: { ...anObservation, at: '2026-01-01T00:00:01.000Z' },
    verdict: { ...aVerdict, reasons: ['It’s “quoted” \\ \u0001'] },
  }
  await at.store.observations.put(first)
  await at.store.observations.put(second)
  expect(await at.store.observations.latest(pairId)).toEqual(second)
})

test('an observation of a pair that was removed is NOT_FOUND', async () => {
  const pairId = randomUUID()
  const put = at.store.observations.put({ pairId, observation: anObservation, verdict: aVerdict })
  await expect(put).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('changes of state are listed newest first, cut, and by pair', async () => {
  const [one, other] = [await insertPair(at.store), await insertPair(at.store)]
  const changes = (['unknown', 'protected', 'no-primary'] as const).map((to, index) => ({
    at: `2026-01-01T00:00:0${index}.000Z`,
    from: index === 0 ? null : ('unknown' as const),
    to,
    reason: `because ${index}`,
  }))
  for (const change of changes) await at.store.observations.addStateChange(one.id, change)
  expect(await at.store.observations.stateChanges(one.id, 10)).toEqual(changes.toReversed())
  expect(await at.store.observations.stateChanges(one.id, 1)).toEqual([changes[2]])
  expect(await at.store.observations.stateChanges(other.id, 10)).toEqual([])
})
