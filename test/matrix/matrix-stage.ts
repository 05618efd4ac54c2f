import { setTimeout as sleep } from 'node:timers/promises'
import { type Lab, startLab } from '@/lab/lab'
import type { Operation, OperationId } from '@/lib/domain/operation'
import { isStanding, isTerminal } from '@/lib/domain/operation-state'
import { askOperation } from '@/lib/operations/ask-operation'
import { toVariables } from '@/lib/runtime/environment'
import { LabDashboard } from '@/test/harness/lab-dashboard'
import type { Chain, Harm } from '@/test/matrix/cases'
import { type Before, findBroken, findBrokenAtEnd, readBefore } from '@/test/matrix/invariants'
import { type Scenario, tracesOf } from '@/test/matrix/scenarios'
import { type PoolEvent, WorkerPool } from '@/test/matrix/worker-pool'

/** How long an operation may stand still before it is given up. */
const stillMsMax = 180_000
/** A cut cable: longer than the keepalive that finds it (about 4 s). */
const cutMs = 6_000

export type ChainResult = {
  readonly done: readonly Harm[]
  /** One sentence for each rule or expectation that did not hold. */
  readonly broken: readonly string[]
  readonly tookMs: number
}

type Run = {
  readonly chain: Chain
  readonly id: OperationId
  readonly before: Before
  readonly secrets: readonly string[]
  readonly done: Harm[]
  readonly broken: string[]
}

/** A lab, a store and real workers, in which one chain after another is lived through. */
export class MatrixStage {
  #scenario: string | null = null
  #isPairSaved = false
  #isUsed = true

  private constructor(
    readonly lab: Lab,
    private readonly dashboard: LabDashboard,
    private readonly pool: WorkerPool,
  ) {}

  static async open(): Promise<MatrixStage> {
    const lab = await startLab()
    const dashboard = await LabDashboard.open()
    const { wiring } = dashboard
    const [primary, standby] = [
      await dashboard.registerHost(lab.host(0)),
      await dashboard.registerHost(lab.host(1)),
    ]
    const profile = wiring.profiles.get('generic-debian')
    await wiring.store.pairs.insert({
      slug: 'ledger',
      profileId: 'generic-debian',
      scope: { database: true, files: true },
      settings: { walKeepSegments: 32, directories: [...(profile?.directories ?? [])] },
      hosts: { primary: primary.id, standby: standby.id },
      isPaired: false,
      formerPrimary: 'none',
    })
    const pool = new WorkerPool(toVariables(wiring.environment))
    await lab.powerOff()
    await lab.saveDisks('unpaired')
    await lab.boot()
    return new MatrixStage(lab, dashboard, pool)
  }

  async close(): Promise<void> {
    await this.pool.close()
    await this.dashboard.close()
    await this.lab.down()
  }

  /** The steps that an operation of this scenario has now. */
  async stepsOf(scenario: Scenario) {
    await this.#enter(scenario)
    const { plan } = await scenario.plan(this.dashboard.verbs, crypto.randomUUID())
    return plan.steps
  }

  /** Brings hosts and store to the scenario's beginning; does nothing where they stand there untouched. */
  async #enter(scenario: Scenario): Promise<void> {
    if (this.#scenario === scenario.name && !this.#isUsed) return
    await this.pool.killAll()
    if (scenario.world === 'paired' && !this.#isPairSaved) await this.#makePair()
    await this.lab.restoreDisks(scenario.world)
    await this.lab.boot()
    await this.#setPair(scenario.world === 'paired')
    await scenario.prepare?.(this.lab, this.dashboard.verbs)
    this.#scenario = scenario.name
    this.#isUsed = false
  }

  async #setPair(isPaired: boolean): Promise<void> {
    const { pairs, hosts } = this.dashboard.wiring.store
    const pair = await pairs.findBySlug('ledger')
    const idOf = async (index: number) => {
      const found = (await hosts.list()).find(({ name }) => name === this.lab.host(index).name)
      return found?.id ?? ''
    }
    const places = { primary: await idOf(0), standby: await idOf(1) }
    const scope = { database: true, files: true }
    await pairs.update(pair?.id ?? '', { scope, hosts: places, isPaired, formerPrimary: 'none' })
  }

  async #makePair(): Promise<void> {
    const { scenarios } = await import('@/test/matrix/scenarios')
    const making = scenarios.find(({ kind }) => kind === 'create')
    if (!making) throw new Error('nothing makes a pair')
    const { broken } = await this.live(making, { mode: 'kill', harms: [] })
    if (broken.length > 0) throw new Error(`the pair was not made: ${broken.join('; ')}`)
    await this.lab.powerOff()
    await this.lab.saveDisks('paired')
    this.#isPairSaved = true
  }

  async #secrets(): Promise<readonly string[]> {
    const { pairs } = this.dashboard.wiring.store
    const pair = await pairs.findBySlug('ledger')
    const names = ['replication-password', 'monitor-password'] as const
    const found = await Promise.all(names.map((name) => pairs.secret(pair?.id ?? '', name)))
    return found.flatMap((secret) => secret ?? [])
  }

  /** One operation that stands the harms of a chain, and what must be true of it all the time and at its end. */
  async live(scenario: Scenario, chain: Chain): Promise<ChainResult> {
    const begunAt = Date.now()
    await this.#enter(scenario)
    const traces = await tracesOf(this.lab)
    const before = await readBefore(this.lab)
    const { operations, pairs } = this.dashboard.wiring.store
    const { plan, input } = await scenario.plan(this.dashboard.verbs, crypto.randomUUID())
    const pair = await pairs.findBySlug('ledger')
    this.#isUsed = true
    const about = { pairId: pair?.id ?? '', kind: plan.kind, reason: 'The matrix.', startedBy: 'prover' }
    const { id } = await operations.insert({ ...about, plan: { ...plan, pairId: about.pairId }, input })
    const run: Run = { chain, id, before, secrets: await this.#secrets(), done: [], broken: [] }
    try {
      await this.#drive(run)
      await this.#verifyEnd(scenario, run, traces)
    } catch (error) {
      run.broken.push(String(error))
    }
    await this.pool.killAll()
    await this.#closeStanding(id)
    return { done: run.done, broken: run.broken, tookMs: Date.now() - begunAt }
  }

  async #operation(id: OperationId): Promise<Operation> {
    const operation = await this.dashboard.wiring.store.operations.find(id)
    if (!operation) throw new Error(`no operation ${id}`)
    return operation
  }

  /** What stands would hold the pair for all that come after. */
  async #closeStanding(id: OperationId): Promise<void> {
    const { operations } = this.dashboard.wiring.store
    const { state } = await this.#operation(id)
    if (isTerminal(state)) return
    if (!isStanding(state))
      await operations.append(id, { type: 'operation.interrupted', why: 'The matrix gave it up.' })
    await operations.append(id, { type: 'operation.closed', by: 'prover', why: 'The matrix gave it up.' })
    this.#isUsed = true
  }

  async #drive(run: Run): Promise<void> {
    const wanted = run.chain.mode.startsWith('two-') ? 2 : 1
    let [lastSeq, movedAt] = [0, Date.now()]
    for (;;) {
      for (const event of this.pool.events.splice(0)) {
        await this.#handle(run, event)
        movedAt = Date.now()
      }
      const { state } = await this.#operation(run.id)
      if (isTerminal(state)) return
      if (isStanding(state)) await this.#goOn(run)
      while (this.pool.size < wanted)
        await this.pool.add({ harms: this.#left(run), twice: run.chain.mode === 'twice' })
      const events = await this.dashboard.wiring.store.operations.events(run.id, lastSeq)
      if (events.length > 0) [lastSeq, movedAt] = [events.at(-1)?.seq ?? lastSeq, Date.now()]
      if (Date.now() - movedAt > stillMsMax)
        throw new Error(`it stands still as ${state} for ${stillMsMax / 1000} s`)
      await sleep(50)
    }
  }

  #left({ chain, done }: Run): readonly Harm[] {
    return chain.harms.filter((harm) => !done.includes(harm))
  }

  async #handle(run: Run, event: PoolEvent): Promise<void> {
    if (event.type === 'gone') return await this.#look(run)
    const { harm, worker } = event
    const planned = this.#left(run).find((known) => JSON.stringify(known) === JSON.stringify(harm))
    if (!planned) return void worker.send('skip')
    run.done.push(planned)
    if (harm.kind === 'cut-primary' || harm.kind === 'cut-standby') await this.#cut(harm.kind)
    worker.send('go')
    if (harm.kind === 'stop') await this.#continueLater(run, worker)
  }

  async #cut(kind: 'cut-primary' | 'cut-standby'): Promise<void> {
    const host = this.lab.host(kind === 'cut-primary' ? 0 : 1)
    if (!host.isOn()) return
    const heal = await host.cut()
    setTimeout(() => void heal(), cutMs)
  }

  /** The stopped worker continues once another has taken over and gone on, in the middle of what it was about. */
  async #continueLater(run: Run, worker: { kill(signal: 'SIGCONT'): boolean }): Promise<void> {
    const { operations } = this.dashboard.wiring.store
    const since = (await operations.events(run.id)).at(-1)?.seq ?? 0
    const limit = Date.now() + 60_000
    while (Date.now() < limit) {
      const later = await operations.events(run.id, since)
      const isTaken = later.some(({ event }) => event.type === 'operation.started')
      const hasMoved = later.some(({ event }) => 'stepId' in event || event.type === 'operation.failed')
      if (isTaken && hasMoved) break
      await sleep(50)
    }
    await this.#look(run)
    worker.kill('SIGCONT')
  }

  /** It failed: by the chain's mode it is taken back, or goes on. */
  async #goOn(run: Run): Promise<void> {
    await this.#look(run)
    const isBack = run.chain.mode === 'undo' || run.chain.mode === 'undo-hurt'
    await askOperation(this.dashboard.wiring.store.operations, {
      operationId: run.id,
      verb: isBack ? 'undo' : 'resume',
      by: 'prover',
      why: 'The matrix.',
    })
  }

  async #look(run: Run): Promise<void> {
    const operation = await this.#operation(run.id)
    const hasBegun = (await this.dashboard.wiring.store.operations.events(run.id)).some(
      ({ event }) => event.type === 'step.started',
    )
    const look = (now: Operation) =>
      findBroken(this.lab, run.before, { operation: hasBegun ? now : null, secrets: run.secrets })
    let broken = await look(operation)
    // The hosts are let go just before the end is recorded: only a lock that is missing for longer is.
    if (broken.some(({ rule }) => rule === 8) && !isStanding(operation.state)) {
      await sleep(1_500)
      broken = await look(await this.#operation(run.id))
    }
    for (const { rule, sentence } of broken) run.broken.push(`rule ${rule}: ${sentence}`)
  }

  async #verifyEnd(scenario: Scenario, run: Run, traces: readonly string[]): Promise<void> {
    await sleep(300) // what a worker that was stopped does late
    for (const host of this.lab.hosts) if (host.isOn()) await host.heal()
    await this.#look(run)
    const operation = await this.#operation(run.id)
    const wanted = run.chain.mode === 'undo' || run.chain.mode === 'undo-hurt' ? 'undone' : 'succeeded'
    if (operation.state !== wanted) run.broken.push(`rule 5: it ended as ${operation.state}, not ${wanted}`)
    const secrets = await this.#secrets()
    for (const { rule, sentence } of await findBrokenAtEnd(this.lab, operation, secrets))
      run.broken.push(`rule ${rule}: ${sentence}`)
    if (wanted === 'succeeded') return await scenario.verifyDone(this.lab, operation)
    await scenario.verifyUndone(this.lab, traces)
    this.#isUsed = false
  }
}
