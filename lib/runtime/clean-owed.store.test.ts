import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import type { Host } from '@/lib/domain/host'
import type { Pair } from '@/lib/domain/pair'
import { createCleanOwed } from '@/lib/runtime/clean-owed'
import { systemClock } from '@/lib/time'
import { plannedStep, planOf } from '@/test/harness/operation-events'
import { createTestGround, type TestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { anObservation, aVerdict, insertPair } from '@/test/harness/store-fixtures'

let at: TestStore
let web: TestGround
const ended = new AbortController()
const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, systemClock)
})
afterAll(async () => {
  ended.abort()
  await at.close()
})

const since = '2026-11-25T14:00:00.000Z'

/** A pair that was taken apart while its standby was away. */
async function anOwedPair(): Promise<{ pair: Pair; host: Host }> {
  const pair = await insertPair(at.store, { isPaired: false })
  await at.store.pairs.update(pair.id, { owed: [{ hostId: pair.hosts.standby, leave: 'stopped', since }] })
  await at.store.observations.put({
    pairId: pair.id,
    observation: { ...anObservation, at: new Date().toISOString() },
    verdict: { ...aVerdict, state: 'unpaired' },
  })
  const host = await at.store.hosts.find(pair.hosts.standby)
  if (!host) throw new Error('the host is not registered')
  return { pair, host }
}
const operationsOf = (id: string) => at.store.operations.listOfPair(id, 10)

test('what is owed is kept by the store with the pair, and is gone once it is done', async () => {
  const { pair } = await anOwedPair()
  const owed = [{ hostId: pair.hosts.standby, leave: 'stopped', since }]
  expect((await at.store.pairs.find(pair.id))?.owed).toEqual(owed)
  await at.store.pairs.update(pair.id, { owed: [] })
  expect(await at.store.pairs.find(pair.id)).not.toHaveProperty('owed')
})

test('a host that answers again is cleaned once, by Understudy and in the audit, whichever workers see it', async () => {
  web.plan = planOf([plannedStep('one')])
  const { pair, host } = await anOwedPair()
  const workers = [1, 2].map(() => createCleanOwed(web.ground, { log, signal: ended.signal }))
  for (const onAnswer of workers) onAnswer(host)
  await awaitFact('an unpair', async () => (await operationsOf(pair.id)).length > 0)
  const isOfPair = ({ subject }: { subject: string }) => subject === pair.slug
  await awaitFact('its row in the audit', async () =>
    (await at.store.audit.list({ limit: 50 })).some(isOfPair),
  )
  expect(await operationsOf(pair.id)).toMatchObject([{ kind: 'unpair', startedBy: 'Understudy' }])
  const done = (await at.store.audit.list({ limit: 50 })).filter(
    (row) => isOfPair(row) && row.outcome === 'done',
  )
  expect(done).toMatchObject([{ actor: 'Understudy', action: 'pair.unpair', origin: 'the watch' }])
})

test('one that can’t be cleaned yet is looked at again without a row in the audit, and cleaned once it can be', async () => {
  const check = {
    id: 'left-as',
    title: 'What the standby is left as',
    host: 'standby',
    canOverride: false,
  } as const
  web.plan = {
    ...planOf([plannedStep('one')]),
    preflight: [{ ...check, outcome: 'fail', evidence: 'It is gone.', fix: 'Look.' }],
  }
  const { pair, host } = await anOwedPair()
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
  createCleanOwed(counted, { log, signal: ended.signal })(host)
  await awaitFact('two looks', () => plans >= 2)
  expect(await operationsOf(pair.id)).toEqual([])
  expect((await at.store.audit.list({ limit: 50 })).some(({ subject }) => subject === pair.slug)).toBe(false)
  web.plan = planOf([plannedStep('one')])
  await awaitFact('an unpair', async () => (await operationsOf(pair.id)).length > 0)
})

test('a host to which nothing is owed is left alone', async () => {
  let plans = 0
  const { planners } = web.ground
  const planOnPair = (ground: Parameters<typeof planners.planOnPair>[0]) => {
    plans += 1
    return planners.planOnPair(ground)
  }
  const pair = await insertPair(at.store, { isPaired: true })
  const host = await at.store.hosts.find(pair.hosts.standby)
  const other = await anOwedPair()
  const onAnswer = createCleanOwed(
    { ...web.ground, planners: { ...planners, planOnPair } },
    { log, signal: ended.signal },
  )
  if (host) onAnswer(host)
  onAnswer(other.host)
  await awaitFact('an unpair of the other', async () => (await operationsOf(other.pair.id)).length > 0)
  expect(await operationsOf(pair.id)).toEqual([])
  expect(plans).toBeGreaterThan(0)
})
