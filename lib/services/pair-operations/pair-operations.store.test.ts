import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { neededRoles } from '@/lib/domain/needed-roles'
import { pairOperationKinds } from '@/lib/domain/pair-operations'
import { planPairOperation } from '@/lib/services/pair-operations/plan-pair-operation'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'
import { systemClock } from '@/lib/time'
import { createTestGround, type TestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { insertPair } from '@/test/harness/store-fixtures'

let at: TestStore
let web: TestGround
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, systemClock)
})
afterAll(() => at.close())

const lastRow = async () => (await at.store.audit.list({ limit: 1 }))[0]
const start = () => ({ reason: 'It has to be.', idempotencyKey: randomUUID() })

describe.each(pairOperationKinds)('%s', (operation) => {
  test('its plan stands in the audit under its name, and is kept for its start', async () => {
    const { slug } = await insertPair(at.store, { isPaired: true })
    const { plan } = await planPairOperation(web.as(neededRoles[operation]), { slug, operation })
    expect(plan.kind).toBe(operation)
    expect(await lastRow()).toMatchObject({ action: `${operation}.plan`, subject: slug, outcome: 'done' })
    expect(await at.store.shownPlans.find(plan.operationId)).toEqual(plan)
  })

  test('what the dashboard plans by itself leaves no row, and is not kept', async () => {
    const { slug } = await insertPair(at.store, { isPaired: true })
    const before = await lastRow()
    const itself = { kind: 'system', name: 'Understudy', role: 'administrator' } as const
    const { plan } = await planPairOperation(
      { ...web.as(neededRoles[operation]), actor: itself },
      { slug, operation },
    )
    expect(await lastRow()).toEqual(before)
    expect(await at.store.shownPlans.find(plan.operationId)).toBeNull()
  })

  test('a refusal of who may not names the operation in the audit', async () => {
    const context = web.as('viewer')
    await expect(planPairOperation(context, { operation })).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    expect(await lastRow()).toMatchObject({ action: `${operation}.plan`, outcome: 'refused' })
    await expect(startPairOperation(context, { operation })).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    expect(await lastRow()).toMatchObject({ action: `pair.${operation}`, outcome: 'refused' })
  })

  test('what can’t be chosen for it is refused, and not left out in silence', async () => {
    const { slug } = await insertPair(at.store, { isPaired: true })
    const given = { slug, operation, options: { speed: 'high' } }
    const refused = { code: 'INVALID_INPUT' }
    await expect(planPairOperation(web.as(neededRoles[operation]), given)).rejects.toMatchObject(refused)
    await expect(
      startPairOperation(web.as(neededRoles[operation]), { ...given, ...start() }),
    ).rejects.toMatchObject(refused)
  })
})

test.each(['create', 'logs', 'toString', ''])('there is no operation “%s” on a pair', async (operation) => {
  const { slug } = await insertPair(at.store, { isPaired: true })
  await expect(planPairOperation(web.as('operator'), { slug, operation })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    fields: { operation: 'There are: promote, fence, unpair.' },
  })
})
