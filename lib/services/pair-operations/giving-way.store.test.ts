import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OperationEvent, OperationId } from '@/lib/domain/operation'
import type { Pair } from '@/lib/domain/pair'
import { planPairOperation } from '@/lib/services/pair-operations/plan-pair-operation'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'
import { systemClock } from '@/lib/time'
import { plannedStep, planOf } from '@/test/harness/operation-events'
import { createTestGround, type TestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { anObservation, aVerdict, insertPair, newOperation } from '@/test/harness/store-fixtures'

let at: TestStore
let web: TestGround
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, systemClock)
  web.plan = planOf([plannedStep('fence-primary')])
})
afterAll(() => at.close())

const error = { code: 'STEP_FAILED', message: 'The hook failed.', fix: 'Mend it.' } as const
const did = (stepId: string): OperationEvent[] => [
  { type: 'step.started', stepId, attempt: 1 },
  { type: 'step.succeeded', stepId, sentence: '' },
]
const failed = (stepId: string): OperationEvent[] => [
  { type: 'step.started', stepId, attempt: 1 },
  { type: 'step.failed', stepId, error },
  { type: 'operation.failed', error },
]

/** Both hosts accept writes, and a promotion with this record holds the pair. */
async function twoPrimaries(
  events: readonly OperationEvent[],
): Promise<{ pair: Pair; promotion: OperationId }> {
  const pair = await insertPair(at.store, { isPaired: true, formerPrimary: 'watched' })
  await at.store.observations.put({
    pairId: pair.id,
    observation: { ...anObservation, at: new Date().toISOString() },
    verdict: { ...aVerdict, state: 'two-primaries' },
  })
  const promote = plannedStep('promote-standby', { undo: 'forward-only', irreversible: true })
  const hosts = { primary: pair.hosts.standby, standby: pair.hosts.primary }
  const plan = planOf([promote, plannedStep('hook', { title: 'Hook: tell DNS' })], {
    operationId: randomUUID(),
    kind: 'promote',
    pairId: pair.id,
    hosts,
  })
  const { id } = await at.store.operations.insert(newOperation(pair, { kind: 'promote', plan }))
  for (const event of [{ type: 'operation.started', mode: 'run' } as const, ...events])
    await at.store.operations.append(id, event)
  return { pair, promotion: id }
}
const fence = (pair: Pair, name = 'ann') =>
  startPairOperation(web.as('operator', name), {
    operation: 'fence',
    slug: pair.slug,
    reason: 'It is back.',
    idempotencyKey: randomUUID(),
  })
const stateOf = async (id: OperationId) => (await at.store.operations.find(id))?.state

test('a promotion that stands at a hook is closed by the fence of the returned primary, in its record and in the audit', async () => {
  const { pair, promotion } = await twoPrimaries([...did('promote-standby'), ...failed('hook')])
  const { operationId } = await fence(pair)
  expect(await at.store.operations.current(pair.id)).toMatchObject({
    id: operationId,
    kind: 'fence',
    state: 'queued',
  })
  expect(await stateOf(promotion)).toBe('closed')
  expect((await at.store.operations.events(promotion)).at(-1)?.event).toEqual({
    type: 'operation.closed',
    by: 'ann',
    why: 'The former primary had to be fenced.',
  })
  expect((await at.store.audit.list({ limit: 2 })).toReversed()).toMatchObject([
    { action: 'operation.close', subject: promotion, outcome: 'done', actor: 'ann' },
    { action: 'pair.fence', subject: pair.slug, outcome: 'done' },
  ])
})

test('a fence that is not started closes nothing', async () => {
  const { pair, promotion } = await twoPrimaries([...did('promote-standby'), ...failed('hook')])
  const plan = web.plan
  const check = {
    id: 'former-primary',
    title: 'The former primary',
    host: 'primary',
    canOverride: false,
  } as const
  web.plan = {
    ...plan,
    preflight: [{ ...check, outcome: 'fail', evidence: 'Another server.', fix: 'Look.' }],
  }
  try {
    await expect(fence(pair)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' })
  } finally {
    web.plan = plan
  }
  expect(await stateOf(promotion)).toBe('failed')
})

test.each([
  ['stands before its standby was promoted for sure', failed('promote-standby')],
  ['still runs its hook', did('promote-standby')],
])('a promotion that %s keeps the pair', async (_, events) => {
  const { pair, promotion } = await twoPrimaries(events)
  const before = await stateOf(promotion)
  await expect(fence(pair)).rejects.toMatchObject({ code: 'PAIR_BUSY' })
  expect(await stateOf(promotion)).toBe(before)
})

test('of a click and another at once one fences, and the other is told', async () => {
  const { pair, promotion } = await twoPrimaries([...did('promote-standby'), ...failed('hook')])
  const both = await Promise.allSettled([fence(pair, 'ann'), fence(pair, 'ben')])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const refused = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  expect(['CONFLICT', 'PAIR_BUSY']).toContain(refused[0]?.code)
  expect(await stateOf(promotion)).toBe('closed')
  const closes = (await at.store.operations.events(promotion)).filter(
    ({ event }) => event.type === 'operation.closed',
  )
  expect(closes).toHaveLength(1)
})

test('the planner is told which promotion gives way, so that its locks are no reason against the fence', async () => {
  const { pair, promotion } = await twoPrimaries([...did('promote-standby'), ...failed('hook')])
  const asked: unknown[] = []
  const context = web.as('operator')
  const planners = {
    ...context.planners,
    planOnPair: (ground: Parameters<typeof context.planners.planOnPair>[0]) => {
      asked.push(ground.givingWay)
      return context.planners.planOnPair(ground)
    },
  }
  await planPairOperation({ ...context, planners }, { slug: pair.slug, operation: 'fence' })
  expect(asked).toEqual([{ operationId: promotion, state: 'failed', left: ['Hook: tell DNS'] }])
})
