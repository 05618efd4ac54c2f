import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTakeByHand } from '@/lib/runtime/take-by-hand'
import { systemClock } from '@/lib/time'
import { aPairPromotedByHand } from '@/test/harness/pair-promoted-by-hand'
import { createTestGround, type TestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { newOperation } from '@/test/harness/store-fixtures'

let at: TestStore
let web: TestGround
const told: string[] = []
const tell = (_: object, text: string) => void told.push(text)
const log = { debug: tell, info: tell, warn: tell, error: tell }
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, systemClock)
})
afterAll(() => at.close())

const doneOf = async (slug: string) =>
  (await at.store.audit.list({ limit: 500 })).filter(
    ({ subject, outcome }) => subject === slug && outcome === 'done',
  )

test('a promotion by hand that two workers see exchanges the roles once, in the audit, and the old primary is watched for', async () => {
  const { id, slug, hosts } = await aPairPromotedByHand(at.store)
  await Promise.all([1, 2].map(() => createTakeByHand(web.ground, log)(slug)))
  expect(await at.store.pairs.find(id)).toMatchObject({
    hosts: { primary: hosts.standby, standby: hosts.primary },
    formerPrimary: 'watched',
  })
  expect(await doneOf(slug)).toMatchObject([
    { actor: 'Understudy', action: 'pair.take-promotion', origin: 'the watch' },
  ])
})

test('while an operation holds the pair its roles stay, and are exchanged once it has ended', async () => {
  const pair = await aPairPromotedByHand(at.store)
  const operation = await at.store.operations.insert(newOperation(pair))
  const take = createTakeByHand(web.ground, log)
  await take(pair.slug)
  expect((await at.store.pairs.find(pair.id))?.hosts).toEqual(pair.hosts)
  await at.store.operations.append(operation.id, { type: 'operation.interrupted', why: 'a test' })
  await at.store.operations.append(operation.id, { type: 'operation.closed', by: 'ann', why: 'a test' })
  await take(pair.slug)
  expect((await at.store.pairs.find(pair.id))?.hosts.primary).toBe(pair.hosts.standby)
  expect(told.filter((text) => text.includes('could not'))).toEqual([])
})
