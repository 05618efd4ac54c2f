import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Host } from '@/lib/domain/host'
import type { Pair } from '@/lib/domain/pair'
import type { Verdict } from '@/lib/domain/verdict'
import { planCreate } from '@/lib/services/create/plan-create'
import { startCreate } from '@/lib/services/create/start-create'
import { createDraft } from '@/lib/services/drafts/create-draft'
import { readDraft } from '@/lib/services/drafts/read-draft'
import { updateDraft } from '@/lib/services/drafts/update-draft'
import { askOfOperation } from '@/lib/services/operations/ask-of-operation'
import { listOperations } from '@/lib/services/operations/list-operations'
import { readOperation } from '@/lib/services/operations/read-operation'
import { planPairOperation } from '@/lib/services/pair-operations/plan-pair-operation'
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
beforeEach(() => {
  web.plan = planOf(steps)
})

const newestAudit = async () => (await at.store.audit.list({ limit: 1 }))[0]

const createInputOf = (hosts?: readonly [Host, Host]) => startCreateInput(at.store, hosts)

const ready: Partial<Verdict> = { state: 'no-primary', readyForFailover: { ready: true } }

async function aPairReadyForPromotion(verdict: Partial<Verdict> = ready): Promise<Pair> {
  const pair = await insertPair(at.store, { isPaired: true })
  await at.store.observations.put({
    pairId: pair.id,
    observation: { ...anObservation, at: new Date().toISOString() },
    verdict: { ...aVerdict, ...verdict },
  })
  return pair
}

const promoteInput = (pair: Pair) => ({
  operation: 'promote',
  slug: pair.slug,
  acknowledgement: '',
  reason: 'The primary is lost.',
  idempotencyKey: randomUUID(),
})

test('a standby full of someone’s data: without its name typed nothing is started, and the audit says so', async () => {
  web.plan = { ...planOf(steps), acknowledgement: 'db2' }
  const context = web.as('administrator')
  const input = await createInputOf()
  for (const acknowledgement of [undefined, '', 'db1', 'DB2'])
    await expect(startCreate(context, { ...input, acknowledgement })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'The standby holds someone’s data, and its name was not typed.',
      fields: { acknowledgement: 'Type exactly: db2' },
    })
  expect(await at.store.pairs.findBySlug(input.slug)).toBeNull()
  expect(await newestAudit()).toMatchObject({ action: 'pair.create', outcome: 'refused' })
  const { operationId } = await startCreate(context, { ...input, acknowledgement: ' db2 ' })
  expect((await at.store.operations.find(operationId))?.kind).toBe('create')
})

test('starting create makes pair, operation, audit row and the draft’s link in one go', async () => {
  const context = web.as('administrator', 'ann@example.org')
  const draft = await createDraft(context, { kind: 'create', step: 'plan', answers: { slug: 'x' } })
  const input = await createInputOf()
  const { operationId } = await startCreate(context, { ...input, draftId: draft.id })
  const pair = await at.store.pairs.findBySlug(input.slug)
  expect(pair).toMatchObject({ isPaired: false, hosts: input.hosts })
  const view = await readOperation(web.as('viewer'), { operationId })
  expect(view).toMatchObject({
    pairSlug: input.slug,
    operation: { state: 'queued', startedBy: 'ann@example.org' },
  })
  expect(view.operation.plan.pairId).toBe(pair?.id)
  expect(view.steps.map(({ id, state }) => `${id} ${state}`)).toEqual(['one pending', 'two pending'])
  expect(await readDraft(context, { id: draft.id })).toMatchObject({ operationId })
  expect(await newestAudit()).toMatchObject({
    action: 'pair.create',
    subject: input.slug,
    outcome: 'done',
    detail: input.reason,
  })
  const change = { id: draft.id, step: 'hosts', answers: {}, version: 2 }
  await expect(updateDraft(context, change)).rejects.toMatchObject({ code: 'CONFLICT' })
})

test('the same idempotency key starts nothing new, twice at once too', async () => {
  const input = await createInputOf()
  const context = web.as('administrator')
  const both = await Promise.all([startCreate(context, input), startCreate(context, input)])
  const third = await startCreate(context, input)
  expect(new Set([...both, third].map(({ operationId }) => operationId)).size).toBe(1)
  expect(await listOperations(web.as('viewer'), { slug: input.slug })).toHaveLength(1)
})

test('a plan whose operation has ended starts nothing from another wizard, and says so: it is not taken for a new one', async () => {
  const context = web.as('administrator')
  const input = await createInputOf()
  const draftOf = async () =>
    (await createDraft(context, { kind: 'create', step: 'plan', answers: { slug: input.slug } })).id
  const [first, second] = [await draftOf(), await draftOf()]
  const { shown } = await planCreate(context, input)
  const again = { ...input, shown, draftId: second }
  const started = await startCreate(context, { ...input, shown, draftId: first })
  const refused = (message: string) => ({ code: 'CONFLICT', message: expect.stringContaining(message) })
  await expect(startCreate(context, again)).rejects.toMatchObject(refused('its operation holds the pair'))
  await askOfOperation(context, { operationId: started.operationId, verb: 'cancel' })
  const known = { ...again, idempotencyKey: randomUUID() }
  for (const click of [again, known])
    await expect(startCreate(context, click)).rejects.toMatchObject({
      ...refused('has ended'),
      fix: 'Plan again.',
    })
  expect(await newestAudit()).toMatchObject({ action: 'pair.create', outcome: 'refused' })
  expect(await readDraft(context, { id: second })).toMatchObject({ operationId: null })
  expect(await startCreate(context, { ...input, shown, draftId: first })).toEqual(started)
  expect(await startCreate(context, { ...input, shown })).toEqual(started)

  const { shown: anew } = await planCreate(context, input)
  const { operationId } = await startCreate(context, { ...known, shown: anew, idempotencyKey: randomUUID() })
  expect(operationId).toBe(anew.operationId)
  expect(await readDraft(context, { id: second })).toMatchObject({ operationId })
})

test('without an idempotency key nothing starts', async () => {
  const input = { ...(await createInputOf()), idempotencyKey: null }
  await expect(startCreate(web.as('administrator'), input)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    fields: { idempotencyKey: 'Give an idempotency key.' },
  })
})

test('the operation has the id of the plan that was shown; another plan by now starts nothing', async () => {
  const input = await createInputOf()
  const context = web.as('administrator')
  const { plan, shown } = await planCreate(context, input)
  const otherwise = plannedStep('two', { preview: [{ kind: 'command', text: 'something else' }] })
  for (const now of [
    [...steps, plannedStep('restart')],
    [plannedStep('one'), otherwise],
  ]) {
    web.plan = planOf(now)
    await expect(startCreate(context, { ...input, shown })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await at.store.pairs.findBySlug(input.slug)).toBeNull()
  }
  web.plan = planOf(steps)
  const started = await startCreate(context, { ...input, shown })
  expect(started).toEqual({ operationId: plan.operationId })
  const other = { ...input, shown, idempotencyKey: randomUUID() }
  expect(await startCreate(context, other)).toEqual(started)
})

test('a failed check refuses with its evidence and fix, and leaves no pair behind', async () => {
  const input = await createInputOf()
  web.plan = planOf(steps, { preflight: [failedCheck, { ...failedCheck, id: 'cron', outcome: 'warn' }] })
  await expect(startCreate(web.as('administrator'), input)).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: 'Free space: 1 GB free, 20 GB needed',
    fix: failedCheck.fix,
  })
  expect(await at.store.pairs.findBySlug(input.slug)).toBeNull()
  expect(await newestAudit()).toMatchObject({ action: 'pair.create', outcome: 'refused' })
})

test('a pair holds one operation; the refusal names who holds it', async () => {
  const pair = await aPairReadyForPromotion()
  const context = web.as('operator', 'bo@example.org')
  await startPairOperation(context, promoteInput(pair))
  await expect(startPairOperation(web.as('operator'), promoteInput(pair))).rejects.toMatchObject({
    code: 'PAIR_BUSY',
    message: expect.stringContaining('bo@example.org'),
  })
})

test('hosts of a paired pair are refused, those of an undone create can be used again', async () => {
  const context = web.as('administrator')
  const paired = await insertPair(at.store, { isPaired: true })
  const hosts = await Promise.all([
    at.store.hosts.find(paired.hosts.primary),
    at.store.hosts.find(paired.hosts.standby),
  ])
  const [primary, standby] = hosts
  if (!primary || !standby) throw new Error('the pair has hosts')
  await expect(startCreate(context, await createInputOf([primary, standby]))).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining(paired.slug),
  })

  const input = await createInputOf()
  const first = await startCreate(context, input)
  await askOfOperation(context, { operationId: first.operationId, verb: 'cancel' })
  const again = await startCreate(context, { ...input, idempotencyKey: randomUUID() })
  expect(again).not.toEqual(first)
  const operations = await listOperations(context, { slug: input.slug })
  expect(operations.map(({ state }) => state)).toEqual(['queued', 'closed'])
})

test.each([
  ['the same host twice', { hosts: { primary: 'h', standby: 'h' } }, 'hosts.standby'],
  ['a name with capitals', { slug: 'Ledger' }, 'slug'],
  ['nothing to protect', { scope: { database: false, files: false } }, 'scope'],
  [
    'a schedule that cron does not know',
    {
      settings: {
        walKeepSegments: 32,
        directories: [{ id: 'v', title: 'Vault', path: '/v', log: 'v.log', schedule: '99 * * * *' }],
      },
    },
    'settings.directories.0.schedule',
  ],
])('%s is refused at its field', async (_name, change, field) => {
  const input = { ...(await createInputOf()), ...change }
  await expect(startCreate(web.as('administrator'), input)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    fields: { [field]: expect.any(String) },
  })
})

test('an unknown profile is refused with those that there are', async () => {
  const input = { ...(await createInputOf()), profileId: 'no-such' }
  await expect(startCreate(web.as('administrator'), input)).rejects.toMatchObject({
    code: 'PROFILE_INVALID',
    fix: expect.stringContaining('generic-debian'),
  })
})

test('a promotion needs exactly the words of the plan', async () => {
  const pair = await aPairReadyForPromotion()
  const context = web.as('operator')
  web.plan = planOf(steps, { acknowledgement: 'lose 18 s' })
  expect(
    (await planPairOperation(context, { slug: pair.slug, operation: 'promote' })).plan.acknowledgement,
  ).toBe('lose 18 s')
  for (const acknowledgement of ['', 'lose 18', 'LOSE 18 S', 'yes'])
    await expect(
      startPairOperation(context, { ...promoteInput(pair), acknowledgement }),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      fields: { acknowledgement: 'Type exactly: lose 18 s' },
    })
  const { operationId } = await startPairOperation(context, {
    ...promoteInput(pair),
    acknowledgement: ' lose 18 s ',
  })
  expect((await at.store.operations.find(operationId))?.input).toEqual({
    acknowledgement: 'lose 18 s',
    options: {},
  })
})

test('a promotion that was shown is started as it was shown, from whichever process', async () => {
  const pair = await aPairReadyForPromotion()
  const context = web.as('operator')
  web.plan = planOf(steps, { warnings: ['as it was shown'] })
  const { plan, shown } = await planPairOperation(context, { slug: pair.slug, operation: 'promote' })
  web.plan = planOf(steps, { warnings: ['as it would be now'] })
  const { operationId } = await startPairOperation(context, { ...promoteInput(pair), shown })
  expect(operationId).toBe(plan.operationId)
  expect((await at.store.operations.find(operationId))?.plan.warnings).toEqual(['as it was shown'])
})

test.each([
  ['two primaries', { ...ready, state: 'two-primaries' }],
  [
    'a standby that is not ready',
    { state: 'no-primary', readyForFailover: { ready: false, reasons: ['It is broken.'] } },
  ],
] as const)('%s refuses a promotion with the reason', async (_name, verdict) => {
  const pair = await aPairReadyForPromotion(verdict)
  await expect(startPairOperation(web.as('operator'), promoteInput(pair))).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
  })
  expect(await newestAudit()).toMatchObject({
    action: 'pair.promote',
    outcome: 'refused',
    subject: pair.slug,
  })
})

test('an old look at the hosts does not open a promotion', async () => {
  const pair = await insertPair(at.store, { isPaired: true })
  await at.store.observations.put({
    pairId: pair.id,
    observation: anObservation,
    verdict: { ...aVerdict, ...ready },
  })
  await expect(startPairOperation(web.as('operator'), promoteInput(pair))).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: expect.stringContaining('not been looked at lately'),
  })
})
