import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { OperationId, RecordedEvent } from '@/lib/domain/operation'
import { isInFlight } from '@/lib/domain/operation-state'
import { startCreate } from '@/lib/services/create/start-create'
import { planPromote } from '@/lib/services/promote/plan-promote'
import { startPromote } from '@/lib/services/promote/start-promote'
import { countRows, LabDashboard } from '@/test/harness/lab-dashboard'

let lab: Lab
let dashboard: LabDashboard
const slug = 'ledger'

beforeAll(async () => {
  lab = await startLab()
  dashboard = await LabDashboard.open()
  await dashboard.startWorker()
})
afterAll(async () => {
  await dashboard.close()
  await lab.down()
})

const startedSteps = (events: readonly RecordedEvent[]) =>
  new Set(events.flatMap(({ event }) => (event.type === 'step.started' ? [event.stepId] : [])))

/**
 * One worker at a time: it is killed as soon as a step has started at which none was killed before, and the next one is
 * started, until the operation has ended. The worker that saw the end lives on.
 */
async function killAtEachStep(id: OperationId): Promise<readonly RecordedEvent[]> {
  const killedAt = new Set<string>()
  for (;;) {
    const events = await dashboard.until(
      id,
      (seen, state) => !isInFlight(state) || [...startedSteps(seen)].some((step) => !killedAt.has(step)),
    )
    const operation = await dashboard.wiring.store.operations.find(id)
    if (operation && !isInFlight(operation.state)) return events
    for (const step of startedSteps(events)) killedAt.add(step)
    await dashboard.killWorkers()
    await dashboard.startWorker()
  }
}

const lastEvent = (events: readonly RecordedEvent[]) => events.at(-1)?.event

test('a create whose worker is killed at every step in turn ends in a streaming standby', {
  timeout: 600_000,
}, async () => {
  const primary = await dashboard.registerHost(lab.host(0))
  const standby = await dashboard.registerHost(lab.host(1))
  const { operationId } = await startCreate(dashboard.verbs, {
    slug,
    profileId: 'generic-debian',
    hosts: { primary: primary.id, standby: standby.id },
    scope: { database: true, files: true },
    settings: { walKeepSegments: 32, directories: [] },
    acknowledgement: standby.name,
    reason: 'A standby is wanted.',
    idempotencyKey: crypto.randomUUID(),
  })
  const events = await killAtEachStep(operationId)
  expect(lastEvent(events)).toEqual({ type: 'operation.succeeded' })
  const written = await countRows(lab, 0)
  await awaitFact('rows on the standby', async () => (await countRows(lab, 1)) >= written, {
    timeoutMs: 10_000,
  })
})

test('with the primary dead, a promotion whose worker is killed at every step ends in one writable primary', {
  timeout: 600_000,
}, async () => {
  const { store } = dashboard.wiring
  const stateOf = async () => {
    const pair = await store.pairs.findBySlug(slug)
    return pair && (await store.observations.latest(pair.id))?.verdict.state
  }
  await awaitFact('protected', async () => (await stateOf()) === 'protected', { timeoutMs: 30_000 })
  const replicated = await countRows(lab, 1)
  await lab.host(0).kill()
  await awaitFact('no-primary', async () => (await stateOf()) === 'no-primary', { timeoutMs: 30_000 })

  const { plan } = await planPromote(dashboard.verbs, { slug })
  const { operationId } = await startPromote(dashboard.verbs, {
    slug,
    acknowledgement: plan.acknowledgement,
    reason: 'The primary is lost.',
    idempotencyKey: crypto.randomUUID(),
  })
  const events = await killAtEachStep(operationId)
  expect(lastEvent(events)).toEqual({ type: 'operation.succeeded' })
  expect(await lab.host(1).sql('select pg_is_in_recovery()')).toBe('f')
  expect(await countRows(lab, 1)).toBeGreaterThanOrEqual(replicated)
})
