import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Verdict } from '@/lib/domain/verdict'
import { createEndPause } from '@/lib/runtime/end-pause'
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
  web.plan = planOf([plannedStep('start-sync')])
})
afterAll(() => at.close())

async function aPausedPair(state: Verdict['state'] = 'degraded') {
  const pair = await insertPair(at.store, { isPaired: true })
  const until = new Date(Date.now() - 1_000).toISOString()
  const said = { by: 'ann', reason: 'disk swap', operationId: crypto.randomUUID() }
  await at.store.pairs.update(pair.id, { pause: { what: ['sync'], until, ...said } })
  await at.store.observations.put({
    pairId: pair.id,
    observation: { ...anObservation, at: new Date().toISOString() },
    verdict: { ...aVerdict, state },
  })
  return { ...pair, pauseId: `${said.operationId} ${until}` }
}
const operationsOf = (id: string) => at.store.operations.listOfPair(id, 10)
const auditOf = async (slug: string) =>
  (await at.store.audit.list({ limit: 500 })).filter(({ subject }) => subject === slug)

test('a pause that two workers see to be over is ended once, by Understudy and in the audit', async () => {
  const pair = await aPausedPair()
  const workers = [1, 2].map(() => createEndPause(web.ground, log))
  await Promise.all(workers.map((onPauseOver) => onPauseOver(pair.slug, pair.pauseId)))
  expect(await operationsOf(pair.id)).toMatchObject([
    { kind: 'resume', startedBy: 'Understudy', reason: 'The time of the pause is over.' },
  ])
  expect((await auditOf(pair.slug)).filter(({ outcome }) => outcome === 'done')).toMatchObject([
    { actor: 'Understudy', action: 'pair.resume', origin: 'the watch', outcome: 'done' },
  ])
})

test('while a check stands against it nothing is begun and the audit is not filled; as soon as none does it ends', async () => {
  const pair = await aPausedPair()
  const plan = web.plan
  const check = { id: 'standby-access', title: 'SSH access', host: 'standby', canOverride: false } as const
  web.plan = { ...plan, preflight: [{ ...check, outcome: 'fail', evidence: 'It is away.', fix: 'Look.' }] }
  const onPauseOver = createEndPause(web.ground, log)
  await onPauseOver(pair.slug, pair.pauseId)
  expect(await operationsOf(pair.id)).toEqual([])
  expect(await auditOf(pair.slug)).toEqual([])
  web.plan = plan
  await onPauseOver(pair.slug, pair.pauseId)
  expect(await operationsOf(pair.id)).toHaveLength(1)
})

test('where the state of the pair closes it nothing is begun, and the audit is not filled', async () => {
  const pair = await aPausedPair('two-primaries')
  await createEndPause(web.ground, log)(pair.slug, pair.pauseId)
  expect(await operationsOf(pair.id)).toEqual([])
  expect(await auditOf(pair.slug)).toEqual([])
})

test('one that failed is resumed by itself, and one that an operator took back is not begun anew', async () => {
  const pair = await aPausedPair()
  const onPauseOver = createEndPause(web.ground, log)
  await onPauseOver(pair.slug, pair.pauseId)
  const [{ id } = { id: '' }] = await operationsOf(pair.id)
  const error = { code: 'HOST_CONNECTION_LOST', message: 'It was lost.', fix: '' } as const
  const { append, events } = at.store.operations
  await append(id, { type: 'operation.started', mode: 'run' })
  await append(id, { type: 'operation.failed', error })
  await onPauseOver(pair.slug, pair.pauseId)
  expect((await events(id)).at(-1)?.event).toMatchObject({ type: 'operation.requested', mode: 'resume' })
  await append(id, { type: 'operation.started', mode: 'resume' })
  await append(id, { type: 'operation.failed', error })
  await append(id, { type: 'operation.requested', mode: 'undo', by: 'ann' })
  await append(id, { type: 'operation.started', mode: 'undo' })
  await append(id, { type: 'operation.undone' })
  await onPauseOver(pair.slug, pair.pauseId)
  expect(await operationsOf(pair.id)).toHaveLength(1)
})

test('a store that is away is told in the log, and ends nothing else', async () => {
  const store = {
    ...web.ground.store,
    pairs: { ...web.ground.store.pairs, findBySlug: () => Promise.reject(new Error('away')) },
  }
  await createEndPause({ ...web.ground, store }, log)('any', 'any')
  expect(told.at(-1)).toContain('could not be ended by itself yet')
})
