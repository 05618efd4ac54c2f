import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import type { Verdict } from '@/lib/domain/verdict'
import { createFenceReturned } from '@/lib/runtime/fence-returned'
import { setFenceReturned } from '@/lib/services/pairs/set-fence-returned'
import { systemClock } from '@/lib/time'
import { plannedStep, planOf } from '@/test/harness/operation-events'
import { createTestGround, type TestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { anObservation, aVerdict, insertPair } from '@/test/harness/store-fixtures'

let at: TestStore
let web: TestGround
const ended = new AbortController()
const warned: string[] = []
const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (_: object, text: string) => void warned.push(text),
  error: (_: object, text: string) => void warned.push(text),
}
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, systemClock)
  web.plan = planOf([plannedStep('one')])
})
afterAll(async () => {
  ended.abort()
  await at.close()
})

async function aPair(state: Verdict['state']) {
  const pair = await insertPair(at.store, { isPaired: true, formerPrimary: 'watched' })
  const look = () =>
    at.store.observations.put({
      pairId: pair.id,
      observation: { ...anObservation, at: new Date().toISOString() },
      verdict: { ...aVerdict, state },
    })
  await look()
  return pair
}
const operationsOf = (id: string) => at.store.operations.listOfPair(id, 10)
const auditOf = async (slug: string) =>
  (await at.store.audit.list({ limit: 500 })).filter(({ subject }) => subject === slug)

test('one return that two workers see is one fence, begun by Understudy and in the audit', async () => {
  const pair = await aPair('two-primaries')
  const workers = [1, 2].map(() => createFenceReturned(web.ground, { log, signal: ended.signal }))
  for (const onReturn of workers) onReturn(pair.slug, `${pair.id} 2 1 2026-11-25T14:00:00.000Z`)
  await awaitFact('a fence', async () => (await operationsOf(pair.id)).length > 0)
  await awaitFact('the other worker has found it', async () => (await auditOf(pair.slug)).length > 0)
  expect(await operationsOf(pair.id)).toMatchObject([{ kind: 'fence', startedBy: 'Understudy' }])
  expect((await auditOf(pair.slug)).filter(({ outcome }) => outcome === 'done')).toMatchObject([
    { actor: 'Understudy', action: 'pair.fence', origin: 'the watch', outcome: 'done' },
  ])
})

test('where the proof fails nothing is begun, and the audit says why', async () => {
  const pair = await aPair('two-primaries')
  const check = {
    id: 'former-primary',
    title: 'The former primary',
    host: 'primary',
    canOverride: false,
  } as const
  web.plan = {
    ...planOf([plannedStep('one')]),
    preflight: [{ ...check, outcome: 'fail', evidence: 'It is another server now.', fix: 'Look.' }],
  }
  createFenceReturned(web.ground, { log, signal: ended.signal })(pair.slug, 'any')
  await awaitFact('a refusal', async () => (await auditOf(pair.slug)).length > 0)
  expect(await operationsOf(pair.id)).toEqual([])
  expect((await auditOf(pair.slug))[0]).toMatchObject({
    outcome: 'refused',
    detail: expect.stringContaining('another server'),
  })
  await awaitFact('a line in the log', () => warned.length > 0)
})

test('one that is told again is planned again without a row in the audit, and fenced once nothing stands against it', async () => {
  const pair = await aPair('two-primaries')
  const check = {
    id: 'former-primary',
    title: 'The former primary',
    host: 'primary',
    canOverride: false,
  } as const
  const sound = planOf([plannedStep('one')])
  web.plan = {
    ...sound,
    preflight: [{ ...check, outcome: 'fail', evidence: 'No sudo.', fix: 'Look.' }],
  }
  // Each worker tries patiently at its first telling: this one is given up with its process.
  const first = new AbortController()
  createFenceReturned(web.ground, { log, signal: first.signal })(pair.slug, 'one')
  await awaitFact('a refusal', async () => (await auditOf(pair.slug)).length === 1)
  first.abort()

  let plans = 0
  const { planners } = web.ground
  const counted = {
    ...web.ground,
    planners: {
      ...planners,
      planOnPair: (ground: Parameters<typeof planners.planOnPair>[0]) => {
        plans += 1
        return planners.planOnPair(ground)
      },
    },
  }
  const second = new AbortController()
  const tell = createFenceReturned(counted, { log, signal: second.signal })
  tell(pair.slug, 'one')
  await awaitFact('its own first refusal', () => plans === 1)
  second.abort()
  const tellAgain = async () => {
    const before = plans
    await awaitFact('another look', () => {
      tell(pair.slug, 'one')
      return plans > before
    })
  }
  await tellAgain()
  const refusals = (await auditOf(pair.slug)).length
  await tellAgain()
  expect((await auditOf(pair.slug)).length).toBe(refusals)
  expect(await operationsOf(pair.id)).toEqual([])
  web.plan = sound
  await tellAgain()
  await awaitFact('a fence', async () => (await operationsOf(pair.id)).length > 0)
  expect(await operationsOf(pair.id)).toMatchObject([{ kind: 'fence', startedBy: 'Understudy' }])
})

test('one that it began itself and that failed is resumed when the return is told again', async () => {
  const pair = await aPair('two-primaries')
  const tell = createFenceReturned(web.ground, { log, signal: ended.signal })
  tell(pair.slug, 'failing')
  await awaitFact('a fence', async () => (await operationsOf(pair.id)).length > 0)
  const [{ id } = { id: '' }] = await operationsOf(pair.id)
  const { operations } = at.store
  const error = { code: 'STEP_FAILED', message: 'The disk is full.', fix: 'Make room.' } as const
  const fail = async () => {
    await operations.append(id, { type: 'operation.started', mode: 'run' })
    await operations.append(id, { type: 'operation.failed', error })
  }
  const requests = async () =>
    (await operations.events(id)).flatMap(({ event }) => (event.type === 'operation.requested' ? event : []))
  for (let count = 1; count <= 5; count += 1) {
    await fail()
    await awaitFact('a request', async () => {
      tell(pair.slug, 'failing')
      return (await requests()).length === count
    })
  }
  expect((await requests())[0]).toMatchObject({ mode: 'resume', by: 'Understudy' })
})

test('one that an operator cancelled is left to them', async () => {
  const pair = await aPair('two-primaries')
  createFenceReturned(web.ground, { log, signal: ended.signal })(pair.slug, 'cancelled')
  await awaitFact('a fence', async () => (await operationsOf(pair.id)).length > 0)
  const [{ id } = { id: '' }] = await operationsOf(pair.id)
  const { operations } = at.store
  await operations.append(id, { type: 'operation.started', mode: 'run' })
  await operations.append(id, { type: 'operation.cancel-requested', by: 'ann' })
  await operations.append(id, { type: 'operation.cancelled' })
  let looks = 0
  const findByIdempotencyKey = (key: string) => {
    looks += 1
    return operations.findByIdempotencyKey(key)
  }
  const store = { ...at.store, operations: { ...operations, findByIdempotencyKey } }
  createFenceReturned({ ...web.ground, store }, { log, signal: ended.signal })(pair.slug, 'cancelled')
  await awaitFact('it was found as begun already', () => looks > 0)
  expect((await operations.events(id)).map(({ event }) => event.type)).not.toContain('operation.requested')
})

test('what is set is kept with the pair and in the audit, and nothing else of its settings changes', async () => {
  const pair = await aPair('protected')
  await setFenceReturned(web.as('operator', 'ann'), { slug: pair.slug, fenceReturned: 'automatic' })
  const settings = (await at.store.pairs.find(pair.id))?.settings
  expect(settings).toEqual({ ...pair.settings, fenceReturned: 'automatic' })
  expect((await auditOf(pair.slug))[0]).toMatchObject({
    actor: 'ann',
    action: 'pair.fence-returned',
    detail: 'automatic',
  })
  await expect(
    setFenceReturned(web.as('operator'), { slug: pair.slug, fenceReturned: 'never' }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})
