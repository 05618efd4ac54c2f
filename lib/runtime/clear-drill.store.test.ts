import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OperationEvent, OperationKind } from '@/lib/domain/operation'
import { awaitFact } from '@/lib/operations/await-fact'
import { createClearDrill } from '@/lib/runtime/clear-drill'
import { systemClock } from '@/lib/time'
import { createTestGround, type TestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { insertPair, newOperation } from '@/test/harness/store-fixtures'

let at: TestStore
let web: TestGround
const told: string[] = []
const tell = (_: object, text: string) => void told.push(text)
const log = { debug: tell, info: tell, warn: tell, error: tell }
const ended = new AbortController()
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, systemClock)
})
afterAll(async () => {
  ended.abort()
  await at.close()
})

const error = { code: 'HOST_UNREACHABLE', message: 'beta can’t be reached.', fix: '' } as const
const undone: readonly OperationEvent[] = [
  { type: 'operation.started', mode: 'run' },
  { type: 'operation.failed', error },
  { type: 'operation.requested', mode: 'undo', by: 'Understudy' },
  { type: 'operation.started', mode: 'undo' },
  { type: 'operation.undo-failed', error },
]

async function standing(kind: OperationKind, events: readonly OperationEvent[] = undone) {
  const pair = await insertPair(at.store, { isPaired: true })
  const { id } = await at.store.operations.insert({ ...newOperation(pair), kind })
  for (const event of events) await at.store.operations.append(id, event)
  const hosts = {
    primary: await at.store.hosts.find(pair.hosts.primary),
    standby: await at.store.hosts.find(pair.hosts.standby),
  }
  if (!hosts.primary || !hosts.standby) throw new Error('the hosts')
  return { id, hosts: { primary: hosts.primary, standby: hosts.standby } }
}
const lastOf = async (id: string) => (await at.store.operations.events(id)).at(-1)?.event
const untilAsked = (id: string) =>
  awaitFact({ signal: AbortSignal.timeout(20_000), everyMs: 50 }, async () => {
    const last = await lastOf(id)
    return last?.type === 'operation.requested' && last.mode === 'undo' ? last : null
  })

test('a drill that could not be removed is taken back again as soon as its standby answers, by Understudy', async () => {
  const { id, hosts } = await standing('drill')
  createClearDrill(web.ground, { log, signal: ended.signal })(hosts.standby)
  expect(await untilAsked(id)).toMatchObject({ by: 'Understudy' })
})

test('and again where that failed too', async () => {
  const { id, hosts } = await standing('drill')
  createClearDrill(web.ground, { log, signal: ended.signal })(hosts.standby)
  await untilAsked(id)
  await at.store.operations.append(id, { type: 'operation.started', mode: 'undo' })
  await at.store.operations.append(id, { type: 'operation.undo-failed', error })
  await untilAsked(id)
})

test('its primary that answers, and operations of other kinds, are left alone', async () => {
  const [drill, other] = [await standing('drill'), await standing('pause')]
  const clear = createClearDrill(web.ground, { log, signal: ended.signal })
  clear(drill.hosts.primary)
  clear(other.hosts.standby)
  // What would be asked is asked at once: a drill that is looked at after them shows that they were passed over.
  const last = await standing('drill')
  clear(last.hosts.standby)
  await untilAsked(last.id)
  for (const { id } of [drill, other])
    expect(await lastOf(id)).toMatchObject({ type: 'operation.undo-failed' })
})

test('a store that is away is told in the log', async () => {
  const pairs = { ...web.ground.store.pairs, list: () => Promise.reject(new Error('away')) }
  const { hosts } = await standing('drill')
  createClearDrill(
    { ...web.ground, store: { ...web.ground.store, pairs } },
    { log, signal: ended.signal },
  )(hosts.standby)
  await awaitFact({ signal: AbortSignal.timeout(5_000), everyMs: 20 }, async () =>
    told.at(-1)?.includes('could not be removed yet') ? true : null,
  )
})
