import type { BenchPair } from '@/bench/pair/bench-pair'
import { awaitFact } from '@/lab/await-fact'
import type { OperationId } from '@/lib/domain/operation'
import { isInFlight } from '@/lib/domain/operation-state'
import type { PairState } from '@/lib/domain/states'
import type { PlanView } from '@/lib/domain/views'
import { startCreate } from '@/lib/services/create/start-create'
import { planPairOperation } from '@/lib/services/pair-operations/plan-pair-operation'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'
import { LabDashboard } from '@/test/harness/lab-dashboard'

const slug = 'ledger'
const reason = 'A figure is wanted.'

/** A pair that Understudy makes and looks after, by a dashboard of its own. */
export class UnderstudyPair {
  private constructor(
    private readonly dashboard: LabDashboard,
    private readonly saysSteps: boolean,
  ) {}

  /** Returns once the pair is protected. */
  static async create(
    pair: BenchPair,
    { saysSteps = false }: { saysSteps?: boolean } = {},
  ): Promise<UnderstudyPair> {
    const dashboard = await LabDashboard.open()
    pair.closers.push(() => dashboard.close())
    await dashboard.startWorker()
    const primary = await dashboard.registerHost(pair.primary)
    const standby = await dashboard.registerHost(pair.standby)
    const made = new UnderstudyPair(dashboard, saysSteps)
    const { operationId } = await startCreate(dashboard.verbs, {
      slug,
      profileId: 'generic-debian',
      hosts: { primary: primary.id, standby: standby.id },
      scope: { database: true, files: false },
      settings: { walKeepSegments: 32, directories: [] },
      acknowledgement: pair.standby.name,
      reason,
      idempotencyKey: crypto.randomUUID(),
    })
    await made.#succeed(operationId, { isTold: false })
    await made.untilState(['protected'])
    return made
  }

  /** Returns once a look that is not older than this call finds the pair in one of the states. */
  async untilState(states: readonly PairState[]): Promise<void> {
    const { pairs, observations } = this.dashboard.wiring.store
    const since = new Date().toISOString()
    await awaitFact(
      states.join(' or '),
      async () => {
        const pair = await pairs.findBySlug(slug)
        const latest = pair && (await observations.latest(pair.id))
        return latest && latest.observation.at > since && states.includes(latest.verdict.state)
      },
      { timeoutMs: 120_000 },
    )
  }

  /** Plans an operation; `click` starts it as it was shown and returns when it has succeeded. */
  async plan(
    operation: 'promote' | 'switchover' | 're-pair',
  ): Promise<PlanView & { readonly click: () => Promise<void> }> {
    const view = await planPairOperation(this.dashboard.verbs, { slug, operation })
    const click = async () => {
      const { operationId } = await startPairOperation(this.dashboard.verbs, {
        operation,
        slug,
        acknowledgement: view.plan.acknowledgement,
        reason,
        idempotencyKey: crypto.randomUUID(),
        shown: view.shown,
      })
      await this.#succeed(operationId, { isTold: this.saysSteps })
    }
    return { ...view, click }
  }

  /** Does something by hand that Understudy would put right at once if it looked. */
  async unwatched(act: () => Promise<void>): Promise<void> {
    await this.dashboard.killWorkers()
    await act()
    await this.dashboard.startWorker()
  }

  async #succeed(id: OperationId, { isTold }: { isTold: boolean }): Promise<void> {
    const events = await this.dashboard.until(id, (_, state) => !isInFlight(state))
    const last = events.at(-1)?.event
    if (last?.type !== 'operation.succeeded') throw new Error(`it ended with ${JSON.stringify(last)}`)
    if (!isTold) return
    const began = Date.parse(events[0]?.at ?? '')
    for (const { at, event } of events)
      if ('stepId' in event && event.type !== 'step.output' && event.type !== 'step.progressed')
        console.log(`  ${Date.parse(at) - began} ms ${event.type} ${event.stepId}`)
  }
}
