import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askOfOperation } from '@/lib/services/operations/ask-of-operation'
import { systemClock } from '@/lib/time'
import { createTestGround, type TestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { insertPair, newOperation } from '@/test/harness/store-fixtures'

let at: TestStore
let web: TestGround
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, systemClock)
})
afterAll(() => at.close())

const newestAudit = async () => (await at.store.audit.list({ limit: 1 }))[0]

test('what may be asked of an operation is decided by its record, and audited', async () => {
  const { id: operationId } = await at.store.operations.insert(newOperation(await insertPair(at.store)))
  const context = web.as('administrator')
  await expect(askOfOperation(context, { operationId, verb: 'resume' })).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
  })
  expect(await newestAudit()).toMatchObject({ action: 'operation.resume', outcome: 'refused' })
  const view = await askOfOperation(web.as('operator', 'bo@example.org'), { operationId, verb: 'cancel' })
  expect(view.operation.state).toBe('closed')
  expect(await newestAudit()).toMatchObject({
    action: 'operation.cancel',
    actor: 'bo@example.org',
    subject: operationId,
    outcome: 'done',
  })
})

test('letting an operation stand as it is needs a reason', async () => {
  await expect(
    askOfOperation(web.as('operator'), { operationId: randomUUID(), verb: 'close' }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT', fields: { reason: expect.any(String) } })
})
