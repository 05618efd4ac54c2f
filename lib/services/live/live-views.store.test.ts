import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Pair } from '@/lib/domain/pair'
import type { StreamEvent } from '@/lib/domain/views'
import { LiveViews } from '@/lib/services/live/live-views'
import type { Subscription } from '@/lib/services/live/subscription'
import { createTestGround, type TestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { query } from '@/test/harness/store-cluster'
import { anObservation, aVerdict, insertPair, newOperation } from '@/test/harness/store-fixtures'

let now = new Date()
const clock = { now: () => now }
const errors: unknown[] = []
const open: Subscription[] = []

let at: TestStore
let web: TestGround
let views: LiveViews
let pair: Pair
beforeAll(async () => {
  at = await createTestStore({ clock })
  web = await createTestGround(at.store, clock)
  views = new LiveViews(web.ground, (error) => errors.push(error))
  pair = await insertPair(at.store, { isPaired: true })
})
afterEach(() => {
  for (const subscription of open.splice(0)) subscription.close()
})
afterAll(async () => {
  expect(errors).toEqual([])
  await views.close()
  await at.close()
})

async function subscribe(role: 'viewer' | 'administrator' = 'viewer'): Promise<Subscription> {
  const subscription = await views.subscribe(web.as(role))
  open.push(subscription)
  return subscription
}

/** Reads events until one fits; throws when the line ends first. */
async function waitFor<T extends StreamEvent>(
  subscription: Subscription,
  fits: (event: StreamEvent) => event is T,
): Promise<T> {
  for (;;) {
    const event = await subscription.next()
    if (event === null) throw new Error('the line has ended')
    if (fits(event)) return event
  }
}

type PairEvent = Extract<StreamEvent, { type: 'pair' }>
type OperationEvent = Extract<StreamEvent, { type: 'operation' }>
const isPairIn =
  (state: string | null) =>
  (event: StreamEvent): event is PairEvent =>
    event.type === 'pair' && event.slug === pair.slug && (event.view.verdict?.state ?? null) === state
const isOperation = (event: StreamEvent): event is OperationEvent => event.type === 'operation'

const observe = (state: 'protected' | 'no-primary') =>
  at.store.observations.put({
    pairId: pair.id,
    observation: { ...anObservation, at: now.toISOString() },
    verdict: { ...aVerdict, state, readyForFailover: { ready: true } },
  })

test('a line begins with every current view, the names of all pairs, then a beat', async () => {
  const subscription = await subscribe()
  const types: string[] = []
  for (;;) {
    const event = await subscription.next()
    types.push(event?.type ?? 'end')
    if (event?.type !== 'pair') break
  }
  expect(types).toEqual(['pair', 'pairs'])
  expect(await subscription.next()).toMatchObject({ type: 'beat' })
})

test('a new observation reaches every open line as a whole view, with the actions of its own role', async () => {
  const [viewer, administrator] = [await subscribe('viewer'), await subscribe('administrator')]
  await observe('protected')
  const [seen, seenByAdministrator] = await Promise.all([
    waitFor(viewer, isPairIn('protected')),
    waitFor(administrator, isPairIn('protected')),
  ])
  const promote = ({ view }: PairEvent) => view.actions.find(({ action }) => action === 'promote')
  expect(promote(seen)).toMatchObject({ allowed: false, reason: expect.stringContaining('operator') })
  expect(promote(seenByAdministrator)).toMatchObject({ allowed: true })
  expect(seen.view.hosts.primary.id).toBe(pair.hosts.primary)
})

test('nobody looking any more turns the pair unknown by the clock alone', async () => {
  const subscription = await subscribe()
  await observe('protected')
  await waitFor(subscription, isPairIn('protected'))
  now = new Date(now.getTime() + 60_000)
  const { view } = await waitFor(subscription, isPairIn('unknown'))
  expect(view.verdict?.reasons[0]).toContain('1 min')
  expect(view.verdict?.nextAction.action).toBeNull()
})

test('an operation is followed event by event, and its pair shows it', async () => {
  const subscription = await subscribe()
  const operation = await at.store.operations.insert(newOperation(pair))
  await waitFor(
    subscription,
    (event): event is PairEvent => event.type === 'pair' && event.view.operation?.id === operation.id,
  )
  await at.store.operations.append(operation.id, { type: 'operation.started', mode: 'run' })
  const running = await waitFor(
    subscription,
    (event): event is OperationEvent => isOperation(event) && event.view.operation.state === 'running',
  )
  expect(running.view).toMatchObject({ pairSlug: pair.slug, operation: { input: null } })
  const late = await subscribe()
  expect((await waitFor(late, isOperation)).id).toBe(operation.id)
  await at.store.operations.append(operation.id, { type: 'operation.succeeded' })
  await waitFor(
    subscription,
    (event): event is OperationEvent => isOperation(event) && event.view.operation.state === 'succeeded',
  )
})

test('after the store’s connection was lost every view is sent again', async () => {
  const subscription = await subscribe()
  await observe('no-primary')
  await waitFor(subscription, isPairIn('no-primary'))
  await waitFor(subscription, (event): event is StreamEvent => event.type === 'beat')
  const lost = await query(
    at.connectionString,
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query in ('listen pairs', 'listen operations', 'select 1')`,
  )
  expect(lost.length).toBeGreaterThan(0)
  await waitFor(subscription, isPairIn('no-primary'))
  errors.length = 0
})

test('a line that was closed gets nothing more and ends', async () => {
  const subscription = await subscribe()
  const waiting = (async () => {
    for (;;) if ((await subscription.next()) === null) return 'ended'
  })()
  subscription.close()
  expect(await waiting).toBe('ended')
})

test('a pair that is removed is missing among the names that every open line is told at once', async () => {
  const gone = await insertPair(at.store)
  const subscription = await subscribe()
  const isNames = (event: StreamEvent): event is Extract<StreamEvent, { type: 'pairs' }> =>
    event.type === 'pairs'
  expect((await waitFor(subscription, isNames)).slugs).toEqual([pair.slug, gone.slug].sort())
  await at.store.pairs.remove(gone.id)
  expect((await waitFor(subscription, isNames)).slugs).toEqual([pair.slug])
})
