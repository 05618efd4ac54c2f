import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nothingWitnessed } from '@/lib/domain/fork-witness'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { query } from '@/test/harness/store-cluster'
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
  expect(await at.store.observations.latest(pairId)).toEqual({ ...second, witness: nothingWitnessed })
})

test('what was witnessed of both servers is kept with it, and stays where nothing is said of it', async () => {
  const { id: pairId } = await insertPair(at.store)
  const mark = { at: '2026-01-01T00:00:00.000Z', lsn: '0/3000100' }
  const together = { ...mark, systemIdentifier: '7440000000000000001', timeline: 1 }
  const entry = { pairId, observation: anObservation, verdict: aVerdict }
  await at.store.observations.put({ ...entry, witness: { ...nothingWitnessed, together } })
  await at.store.observations.put(entry)
  expect((await at.store.observations.latest(pairId))?.witness).toEqual({ ...nothingWitnessed, together })
})

test('an observation of a pair that was removed is NOT_FOUND', async () => {
  const pairId = randomUUID()
  const put = at.store.observations.put({ pairId, observation: anObservation, verdict: aVerdict })
  await expect(put).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('under a lease that another process has taken nothing is written', async () => {
  const { id: pairId } = await insertPair(at.store)
  const fence = 7
  await query(at.connectionString, `insert into leases values ('watch', ${fence}, now() + interval '3 s')`)
  const entry = { pairId, observation: anObservation, verdict: aVerdict }
  const change = { at: '2026-01-01T00:00:00.000Z', from: null, to: 'unknown', reason: '' } as const
  await at.store.observations.put(entry, fence)
  await at.store.observations.addStateChange(pairId, change, fence)
  await query(at.connectionString, 'update leases set fence = 8')
  const later = { ...entry, observation: { ...anObservation, at: '2026-01-01T00:00:01.000Z' } }
  await expect(at.store.observations.put(later, fence)).rejects.toMatchObject({ code: 'CONFLICT' })
  const late = at.store.observations.addStateChange(pairId, change, fence)
  await expect(late).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(await at.store.observations.latest(pairId)).toMatchObject(entry)
  expect(await at.store.observations.stateChanges(pairId, 10)).toHaveLength(1)
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
