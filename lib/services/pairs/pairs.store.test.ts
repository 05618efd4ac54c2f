import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCreate } from '@/lib/services/create/start-create'
import { listPairs } from '@/lib/services/pairs/list-pairs'
import { readPair } from '@/lib/services/pairs/read-pair'
import { removePair } from '@/lib/services/pairs/remove-pair'
import { systemClock } from '@/lib/time'
import { createTestGround, type TestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { anObservation, aVerdict, insertPair, newOperation } from '@/test/harness/store-fixtures'

let at: TestStore
let web: TestGround
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, systemClock)
})
afterAll(() => at.close())

test('pairs are listed with what is known of them, those that need somebody first', async () => {
  const calm = await insertPair(at.store, { slug: 'calm', isPaired: true })
  const lost = await insertPair(at.store, { slug: 'lost', isPaired: true })
  const observation = { ...anObservation, at: new Date().toISOString() }
  const put = (pairId: string, state: 'protected' | 'no-primary') =>
    at.store.observations.put({ pairId, observation, verdict: { ...aVerdict, state } })
  await put(calm.id, 'protected')
  await put(lost.id, 'no-primary')
  await at.store.observations.addStateChange(lost.id, {
    at: observation.at,
    from: 'protected',
    to: 'no-primary',
    reason: 'The primary is down.',
  })
  const views = await listPairs(web.as('viewer'))
  expect(views.map(({ pair }) => pair.slug)).toEqual(['lost', 'calm'])
  expect(views[0]).toMatchObject({
    profileTitle: 'Application on Debian',
    hosts: { primary: { id: lost.hosts.primary } },
    verdict: { state: 'no-primary' },
    stateChanges: [{ to: 'no-primary', reason: 'The primary is down.' }],
  })
  expect(await readPair(web.as('viewer'), { slug: 'calm' })).toEqual(views[1])
})

test('a pair that was never made is forgotten, its hosts are free again, and who did it is written', async () => {
  const pair = await insertPair(at.store, { slug: 'mistyped' })
  await removePair(web.as('administrator', 'ann@example.org'), { slug: 'mistyped' })
  await expect(readPair(web.as('viewer'), { slug: 'mistyped' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await at.store.hosts.remove(pair.hosts.primary)
  expect((await at.store.audit.list({ limit: 1 }))[0]).toMatchObject({
    action: 'pair.remove',
    actor: 'ann@example.org',
    subject: 'mistyped',
    outcome: 'done',
  })
})

test('a pair whose hosts replicate, or that an operation holds, is not forgotten', async () => {
  const administrator = web.as('administrator')
  const paired = await insertPair(at.store, { isPaired: true })
  await expect(removePair(administrator, { slug: paired.slug })).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
  })
  const held = await insertPair(at.store)
  await at.store.operations.insert(newOperation(held))
  await expect(removePair(administrator, { slug: held.slug })).rejects.toMatchObject({ code: 'PAIR_BUSY' })
  expect(await at.store.pairs.find(held.id)).not.toBeNull()
})

test('a pair that was taken apart while a host was away is not made anew before that is cleaned, and can be forgotten', async () => {
  const pair = await insertPair(at.store, { slug: 'owing' })
  const owed = [{ hostId: pair.hosts.standby, leave: 'stopped', since: '2026-11-25T14:00:00.000Z' }] as const
  await at.store.pairs.update(pair.id, { owed })
  const { slug, profileId, hosts, scope } = pair
  const settings = { walKeepSegments: 32, directories: [] }
  const given = { slug, profileId, hosts, scope: { ...scope, database: true, files: false }, settings }
  const start = { ...given, reason: 'Once more.', idempotencyKey: crypto.randomUUID() }
  await expect(startCreate(web.as('administrator'), start)).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
    fix: expect.stringContaining('cleaned as soon as it answers'),
  })
  await removePair(web.as('administrator'), { slug })
  expect(await at.store.pairs.find(pair.id)).toBeNull()
})
