import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildReport } from '@/lib/domain/operation-report'
import { startCreate } from '@/lib/services/create/start-create'
import { readOperation } from '@/lib/services/operations/read-operation'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'
import { systemClock } from '@/lib/time'
import { failedCheck, plannedStep, planOf } from '@/test/harness/operation-events'
import { createTestGround, type TestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { anObservation, aVerdict, insertPair, startCreateInput } from '@/test/harness/store-fixtures'

let at: TestStore
let web: TestGround
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, systemClock)
})
afterAll(() => at.close())

const steps = [plannedStep('one'), plannedStep('two')]
const newestAudit = async () => (await at.store.audit.list({ limit: 1 }))[0]

describe('a failed check that endangers nothing', () => {
  const room = { ...failedCheck, canOverride: true }
  const reason = 'The new disk is on its way.'

  test('is gone on with for a reason, which plan, audit and report keep with who gave it', async () => {
    const input = {
      ...(await startCreateInput(at.store)),
      overrides: [{ checkId: 'disk-space', reason: ` ${reason} ` }],
    }
    web.plan = planOf(steps, { preflight: [room] })
    const { operationId } = await startCreate(web.as('administrator', 'ann@example.org'), input)
    const { operation, ...view } = await readOperation(web.as('viewer'), { operationId })
    const overridden = { by: 'ann@example.org', reason }
    expect(operation.plan.preflight).toEqual([{ ...room, overridden }])
    expect((await newestAudit())?.detail).toBe(
      `A standby is wanted. · ann@example.org overrode disk-space (1 GB free, 20 GB needed): ${reason}`,
    )
    expect(buildReport({ operation, ...view })).toContain(`**Overridden** by ann@example.org: ${reason}`)
  })

  test('still refuses where nobody overrides it, and says that one may', async () => {
    const input = await startCreateInput(at.store)
    web.plan = planOf(steps, { preflight: [room] })
    await expect(startCreate(web.as('administrator'), input)).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
      fix: 'Free 19 GB on the standby. Or override disk-space, with a reason.',
    })
  })

  test.each([
    ['a dangerous check', [failedCheck], [{ checkId: 'disk-space', reason }], 'PRECONDITION_FAILED'],
    [
      'only one of two',
      [room, { ...room, id: 'clocks' }],
      [{ checkId: 'clocks', reason }],
      'PRECONDITION_FAILED',
    ],
    ['a check that is not in the plan', [room], [{ checkId: 'disc-space', reason }], 'INVALID_INPUT'],
    ['a check without a reason', [room], [{ checkId: 'disk-space', reason: ' ' }], 'INVALID_INPUT'],
  ])('overriding %s starts nothing', async (_, preflight, overrides, code) => {
    const input = { ...(await startCreateInput(at.store)), overrides }
    web.plan = planOf(steps, { preflight })
    await expect(startCreate(web.as('administrator'), input)).rejects.toMatchObject({ code })
    expect(await at.store.pairs.findBySlug(input.slug)).toBeNull()
  })

  test('is overridden for a promotion too', async () => {
    const pair = await insertPair(at.store, { isPaired: true })
    await at.store.observations.put({
      pairId: pair.id,
      observation: { ...anObservation, at: new Date().toISOString() },
      verdict: { ...aVerdict, state: 'no-primary', readyForFailover: { ready: true } },
    })
    web.plan = planOf(steps, { preflight: [{ ...room, id: 'standby-application' }] })
    const given = {
      operation: 'promote',
      slug: pair.slug,
      acknowledgement: '',
      reason: 'The primary is lost.',
      idempotencyKey: randomUUID(),
      overrides: [{ checkId: 'standby-application', reason }],
    }
    const { operationId } = await startPairOperation(web.as('operator', 'bo@example.org'), given)
    const operation = await at.store.operations.find(operationId)
    expect(operation?.plan.preflight[0]?.overridden).toEqual({ by: 'bo@example.org', reason })
  })
})
