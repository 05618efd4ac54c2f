import { afterAll, beforeAll, expect, test } from 'vitest'
import { drillOptions } from '@/lib/domain/drill-options'
import type { Verdict } from '@/lib/domain/verdict'
import { createBeginDrill } from '@/lib/runtime/begin-drill'
import { systemClock } from '@/lib/time'
import { plannedStep, planOf } from '@/test/harness/operation-events'
import { createTestGround, type TestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { anObservation, aVerdict, insertPair } from '@/test/harness/store-fixtures'

let at: TestStore
let web: TestGround
const told: string[] = []
const tell = (_: object, text: string) => void told.push(text)
const log = { debug: tell, info: tell, warn: tell, error: tell }
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, systemClock)
  web.plan = planOf([plannedStep('make-copy')])
})
afterAll(() => at.close())

const dueAt = '2026-11-29T03:00:00.000Z'
async function aScheduledPair(state: Verdict['state'] = 'protected') {
  const pair = await insertPair(at.store, { isPaired: true, scope: { database: true, files: true } })
  const options = drillOptions.parse({ lagSeconds: 7 })
  const drillSchedule = { cron: '0 3 * * 0', options, by: 'ann', since: '2026-11-01T00:00:00.000Z' }
  await at.store.pairs.update(pair.id, { drillSchedule })
  await at.store.observations.put({
    pairId: pair.id,
    observation: { ...anObservation, at: new Date().toISOString() },
    verdict: { ...aVerdict, state },
  })
  return pair
}
const operationsOf = (id: string) => at.store.operations.listOfPair(id, 10)
const auditOf = async (slug: string) =>
  (await at.store.audit.list({ limit: 500 })).filter(({ subject }) => subject === slug)

test('a drill that two workers see to be due is begun once, by Understudy, as it was set, and in the audit', async () => {
  const pair = await aScheduledPair()
  const workers = [1, 2].map(() => createBeginDrill(web.ground, log))
  await Promise.all(workers.map((onDrillDue) => onDrillDue(pair.slug, dueAt)))
  expect(await operationsOf(pair.id)).toMatchObject([
    {
      kind: 'drill',
      startedBy: 'Understudy',
      reason: 'It is due by its schedule: at 03:00, only on Sunday (UTC).',
      input: { options: { lagSeconds: 7 } },
    },
  ])
  expect((await auditOf(pair.slug)).filter(({ outcome }) => outcome === 'done')).toMatchObject([
    { actor: 'Understudy', action: 'pair.drill', origin: 'the watch' },
  ])
})

test('the same time begins no second one, also when the first has ended', async () => {
  const pair = await aScheduledPair()
  const onDrillDue = createBeginDrill(web.ground, log)
  await onDrillDue(pair.slug, dueAt)
  const [{ id } = { id: '' }] = await operationsOf(pair.id)
  await at.store.operations.append(id, { type: 'operation.started', mode: 'run' })
  await at.store.operations.append(id, { type: 'operation.succeeded' })
  await onDrillDue(pair.slug, dueAt)
  expect(await operationsOf(pair.id)).toHaveLength(1)
  await onDrillDue(pair.slug, '2026-12-06T03:00:00.000Z')
  expect(await operationsOf(pair.id)).toHaveLength(2)
})

test('while a check stands against it nothing is begun, the log says which, and the audit is not filled', async () => {
  const pair = await aScheduledPair()
  const plan = web.plan
  const check = { id: 'drill-room', title: 'Room', host: 'standby', canOverride: true } as const
  web.plan = { ...plan, preflight: [{ ...check, outcome: 'fail', evidence: 'No room.', fix: 'Make some.' }] }
  const onDrillDue = createBeginDrill(web.ground, log)
  await onDrillDue(pair.slug, dueAt)
  expect(await operationsOf(pair.id)).toEqual([])
  expect(await auditOf(pair.slug)).toEqual([])
  expect(told.at(-1)).toContain('could not begin yet')
  web.plan = plan
  await onDrillDue(pair.slug, dueAt)
  expect(await operationsOf(pair.id)).toHaveLength(1)
})

test.each(['no-primary', 'working', 'unknown'] as const)('in state %s nothing is begun', async (state) => {
  const pair = await aScheduledPair(state)
  await createBeginDrill(web.ground, log)(pair.slug, dueAt)
  expect(await operationsOf(pair.id)).toEqual([])
})

test('a schedule that was taken away meanwhile begins nothing', async () => {
  const pair = await aScheduledPair()
  await at.store.pairs.update(pair.id, { drillSchedule: null })
  await createBeginDrill(web.ground, log)(pair.slug, dueAt)
  expect(await operationsOf(pair.id)).toEqual([])
})

test('a store that is away is told in the log, and ends nothing else', async () => {
  const pairs = { ...web.ground.store.pairs, findBySlug: () => Promise.reject(new Error('away')) }
  await createBeginDrill({ ...web.ground, store: { ...web.ground.store, pairs } }, log)('any', dueAt)
  expect(told.at(-1)).toContain('could not begin yet')
})
