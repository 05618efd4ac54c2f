import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listDrills } from '@/lib/services/drills/list-drills'
import { setDrillSchedule } from '@/lib/services/drills/set-drill-schedule'
import { readPair } from '@/lib/services/pairs/read-pair'
import { drillOf } from '@/test/harness/drills'
import { createTestGround, type TestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { insertPair, newOperation } from '@/test/harness/store-fixtures'

let at: TestStore
let web: TestGround
const now = new Date('2026-11-25T12:00:00.000Z')
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, { now: () => now })
})
afterAll(() => at.close())

const aPair = (hasDatabase = true) =>
  insertPair(at.store, { isPaired: true, scope: { database: hasDatabase, files: true } })

async function aDrill(pair: Awaited<ReturnType<typeof aPair>>, startedAt: string) {
  const { id } = await at.store.operations.insert({ ...newOperation(pair), kind: 'drill' })
  await at.store.drills.begin(drillOf({ operationId: id, pairId: pair.id, startedAt }))
  await at.store.operations.append(id, { type: 'operation.started', mode: 'run' })
  await at.store.operations.append(id, { type: 'operation.succeeded' })
  return id
}

describe('what drills have shown', () => {
  test('is listed with the latest first, and the pair shows that one', async () => {
    const pair = await aPair()
    const ids = [
      await aDrill(pair, '2026-11-01T03:00:00.000Z'),
      await aDrill(pair, '2026-11-08T03:00:00.000Z'),
    ]
    const { drills, schedule } = await listDrills(web.as('viewer'), { slug: pair.slug })
    expect(drills.map(({ operationId }) => operationId)).toEqual(ids.toReversed())
    expect(schedule).toBeNull()
    expect((await listDrills(web.as('viewer'), { slug: pair.slug, limit: '1' })).drills).toHaveLength(1)
    const { last } = (await readPair(web.as('viewer'), { slug: pair.slug })).drills
    expect(drills[0]).toMatchObject({ ...last })
    expect(last).not.toHaveProperty('checks')
  })

  test('of a pair without any is empty', async () => {
    const { slug } = await aPair()
    expect(await listDrills(web.as('viewer'), { slug })).toEqual({ drills: [], schedule: null })
    expect((await readPair(web.as('viewer'), { slug })).drills).toEqual({ last: null, schedule: null })
  })
})

describe('when drills begin by themselves', () => {
  test('is set with who set it, shown with its next time, and taken away', async () => {
    const { slug, id } = await aPair()
    const given = { slug, cron: ' 0 3 * * 0 ', options: { lagSeconds: '20' } }
    await setDrillSchedule(web.as('operator', 'ann@example.org'), given)
    expect((await at.store.pairs.find(id))?.drillSchedule).toEqual({
      ...{ cron: '0 3 * * 0', by: 'ann@example.org', since: now.toISOString() },
      options: { lagSeconds: 20, rateMegabytes: 100, amcheckMinutes: 60, directory: null },
    })
    const shown = {
      cron: '0 3 * * 0',
      words: 'at 03:00, only on Sunday (UTC)',
      nextAt: '2026-11-29T03:00:00.000Z',
    }
    expect((await listDrills(web.as('viewer'), { slug })).schedule).toMatchObject({
      ...shown,
      by: 'ann@example.org',
    })
    expect((await readPair(web.as('viewer'), { slug })).drills.schedule).toEqual(shown)
    await setDrillSchedule(web.as('operator'), { slug, cron: null })
    expect((await listDrills(web.as('viewer'), { slug })).schedule).toBeNull()
  })

  test.each([
    ['no schedule at all', 'tomorrow', /five fields/],
    ['one of six fields', '0 0 3 * * 0', /five fields/],
    ['one that never comes', '0 3 30 2 *', /never comes/],
    ['one that comes every minute', '* * * * *', /once an hour/],
  ])('is refused for %s, with the reason', async (_, cron, message) => {
    const { slug } = await aPair()
    await expect(setDrillSchedule(web.as('operator'), { slug, cron })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      fields: { cron: expect.stringMatching(message) },
    })
  })

  test('is refused where there is no database', async () => {
    const { slug } = await aPair(false)
    await expect(setDrillSchedule(web.as('operator'), { slug, cron: '0 3 * * 0' })).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
    })
    await setDrillSchedule(web.as('operator'), { slug, cron: null })
  })
})
