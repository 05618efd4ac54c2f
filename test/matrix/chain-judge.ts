import { setTimeout as sleep } from 'node:timers/promises'
import type { LabHost } from '@/lab/lab-host'
import type { Operation, OperationId } from '@/lib/domain/operation'
import { isStanding, operationOutcome } from '@/lib/domain/operation-state'
import { reportOperation } from '@/lib/services/operations/report-operation'
import type { LabDashboard } from '@/test/harness/lab-dashboard'
import type { Chain, Harm } from '@/test/matrix/cases'
import { findBrokenConclusion, findBrokenGoal } from '@/test/matrix/goals'
import { readHostStates } from '@/test/matrix/host-state'
import {
  type Before,
  type Broken,
  findBroken,
  findBrokenAtEnd,
  findBrokenReport,
} from '@/test/matrix/invariants'
import { isMadeApart } from '@/test/matrix/made-apart'

/** How long hosts may be let go before the operation's end is recorded, or after it. */
const lettingGoMsMax = 20_000
const isOfLock = (broken: readonly Broken[]) => broken.some(({ rule }) => rule === 8)

/** One operation that is lived through. */
export type Run = {
  readonly chain: Chain
  readonly id: OperationId
  readonly before: Before
  readonly hasDatabase: boolean
  /** The hosts as the plan has them: its primary, then its standby. */
  readonly hosts: readonly LabHost[]
  readonly secrets: readonly string[]
  readonly done: Harm[]
  readonly twice: string[]
  readonly broken: string[]
}

/** What an operation was to come to; `left`: what it was asked for, without what its plan lets fail. */
type Wanted = 'succeeded' | 'left' | 'undone'

/** Looks at the hosts and the record of an operation, and keeps in its run which rules do not hold. */
export class ChainJudge {
  constructor(private readonly dashboard: LabDashboard) {}

  /** The passwords of the pair's roles that there are. */
  async secretsOf(pairId: string): Promise<readonly string[]> {
    const { pairs } = this.dashboard.wiring.store
    const names = ['replication-password', 'monitor-password'] as const
    const found = await Promise.all(names.map((name) => pairs.secret(pairId, name)))
    return found.flatMap((secret) => secret ?? [])
  }

  /** What must hold at every moment. */
  async look(run: Run): Promise<void> {
    const operation = await this.#operation(run.id)
    const found = await this.#findBroken(run, operation)
    const broken = isOfLock(found) && !isStanding(operation.state) ? await this.#lasting(run, found) : found
    for (const { rule, sentence } of broken) run.broken.push(`rule ${rule}: ${sentence}`)
  }

  /** What must hold at its end; `workerOutput`: all that the workers wrote. Returns what it was to come to. */
  async verifyEnd(run: Run, operation: Operation, workerOutput: string): Promise<Wanted> {
    const wanted = await this.#wantedOf(run, operation)
    const state = wanted === 'left' ? 'succeeded' : wanted
    if (operation.state !== state) run.broken.push(`rule 5: it ended as ${operation.state}, not ${state}`)
    const secrets = await this.secretsOf(operation.pairId)
    const { markdown } = await reportOperation(this.dashboard.verbs, { operationId: run.id })
    const broken = [
      ...(await findBrokenAtEnd(run.hosts, operation, secrets)),
      ...findBrokenReport(markdown, operation, secrets),
      ...(secrets.some((secret) => workerOutput.includes(secret))
        ? [{ rule: 7, sentence: 'a secret stands in the log of a worker' }]
        : []),
    ]
    for (const { rule, sentence } of broken) run.broken.push(`rule ${rule}: ${sentence}`)
    return wanted
  }

  async #operation(id: OperationId): Promise<Operation> {
    const operation = await this.dashboard.wiring.store.operations.find(id)
    if (!operation) throw new Error(`no operation ${id}`)
    return operation
  }

  /** Where its step had its effect already nothing was done to it: then nothing was to be taken back, or is left. */
  async #wantedOf({ chain, done, id }: Run, { plan, state }: Operation): Promise<Wanted> {
    if (done.length === 0) return 'succeeded'
    if (chain.mode === 'undo' || chain.mode === 'undo-hurt') return 'undone'
    const mayBeLeft = plan.steps.filter(({ mayFail }) => mayFail === 'not-reattached').map(({ id }) => id)
    if (done.some(({ stepId }) => mayBeLeft.includes(stepId))) {
      const events = await this.dashboard.wiring.store.operations.events(id)
      return operationOutcome(plan, events) === 'not-reattached' ? 'left' : 'succeeded'
    }
    // What gets over a cut goes on; what does not is taken back by itself.
    return plan.undoesItself && chain.mode === 'cut' && state === 'undone' ? 'undone' : 'succeeded'
  }

  async #findBroken(run: Run, operation: Operation): Promise<readonly Broken[]> {
    const recorded = await this.dashboard.wiring.store.operations.events(run.id)
    const events = recorded.map(({ event }) => event)
    const now = await readHostStates(run.hosts)
    const hasBegun = events.some(({ type }) => type === 'step.started')
    const given = { operation: hasBegun ? operation : null, secrets: run.secrets }
    const { hasDatabase, before } = run
    const isLeft = operationOutcome(operation.plan, recorded) === 'not-reattached'
    return [
      ...findBroken(now, before, given),
      ...findBrokenGoal(operation, { hasDatabase, now, before, isLeft }),
      ...findBrokenConclusion(now, before, { events, isApart: isMadeApart(operation) }),
    ]
  }

  /**
   * Of locks that differ, what is left of it: the hosts are let go just before the end is recorded, for which one that is silent is
   * waited, and that one when it answers again. Only a lock that stays so is a fault, or is while a step acts.
   */
  async #lasting(run: Run, found: readonly Broken[]): Promise<readonly Broken[]> {
    const { operations } = this.dashboard.wiring.store
    const since = (await operations.events(run.id)).at(-1)?.seq ?? 0
    const limit = Date.now() + lettingGoMsMax
    let broken = found
    while (isOfLock(broken) && Date.now() < limit) {
      const later = await operations.events(run.id, since)
      if (later.some(({ event }) => 'stepId' in event)) return broken
      await sleep(250)
      broken = await this.#findBroken(run, await this.#operation(run.id))
    }
    return broken
  }
}
