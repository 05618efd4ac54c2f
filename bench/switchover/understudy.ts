import { type BenchPair, furnishBench } from '@/bench/switchover/measure'
import { awaitFact } from '@/lab/await-fact'
import type { OperationId } from '@/lib/domain/operation'
import { isInFlight } from '@/lib/domain/operation-state'
import { startCreate } from '@/lib/services/create/start-create'
import { planPairOperation } from '@/lib/services/pair-operations/plan-pair-operation'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'
import { LabDashboard } from '@/test/harness/lab-dashboard'

const slug = 'ledger'
const reason = 'A figure is wanted.'

/** A pair that Understudy has made, planned to be switched over; what is returned is the click. */
export async function openUnderstudy(pair: BenchPair): Promise<() => Promise<void>> {
  const dashboard = await LabDashboard.open()
  pair.closers.push(() => dashboard.close())
  const { store } = dashboard.wiring
  await dashboard.startWorker()
  const primary = await dashboard.registerHost(pair.primary)
  const standby = await dashboard.registerHost(pair.standby)
  const create = await startCreate(dashboard.verbs, {
    slug,
    profileId: 'generic-debian',
    hosts: { primary: primary.id, standby: standby.id },
    scope: { database: true, files: false },
    settings: { walKeepSegments: 32, directories: [] },
    acknowledgement: pair.standby.name,
    reason,
    idempotencyKey: crypto.randomUUID(),
  })
  await succeed(dashboard, create.operationId)
  await furnishBench(pair)
  await awaitFact('protected', async () => {
    const known = await store.pairs.findBySlug(slug)
    return known !== null && (await store.observations.latest(known.id))?.verdict.state === 'protected'
  })
  const { plan, shown } = await planPairOperation(dashboard.verbs, { slug, operation: 'switchover' })
  return async () => {
    const { operationId } = await startPairOperation(dashboard.verbs, {
      operation: 'switchover',
      slug,
      acknowledgement: plan.acknowledgement,
      reason,
      idempotencyKey: crypto.randomUUID(),
      shown,
    })
    await succeed(dashboard, operationId)
  }
}

async function succeed(dashboard: LabDashboard, id: OperationId): Promise<void> {
  const events = await dashboard.until(id, (_, state) => !isInFlight(state))
  const last = events.at(-1)?.event
  if (last?.type !== 'operation.succeeded') throw new Error(`it ended with ${JSON.stringify(last)}`)
  if (!process.argv.includes('--steps')) return
  const began = Date.parse(events[0]?.at ?? '')
  for (const { at, event } of events)
    if ('stepId' in event && event.type !== 'step.output' && event.type !== 'step.progressed')
      console.log(`  ${Date.parse(at) - began} ms ${event.type} ${event.stepId}`)
}
