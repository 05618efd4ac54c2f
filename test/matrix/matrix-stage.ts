import { setTimeout as sleep } from 'node:timers/promises'
import { type Lab, startLab } from '@/lab/lab'
import type { Operation, OperationId, Plan } from '@/lib/domain/operation'
import { isStanding, isTerminal } from '@/lib/domain/operation-state'
import { isUndoneByItself } from '@/lib/domain/operation-verbs'
import type { PairSettings } from '@/lib/domain/pair'
import { askOperation } from '@/lib/operations/ask-operation'
import { toVariables } from '@/lib/runtime/environment'
import { LabDashboard } from '@/test/harness/lab-dashboard'
import type { Chain, Harm } from '@/test/matrix/cases'
import { ChainJudge, type Run } from '@/test/matrix/chain-judge'
import { type Ground, profileTextOf } from '@/test/matrix/grounds'
import { lastHeadway } from '@/test/matrix/headway'
import { readHostStates } from '@/test/matrix/host-state'
import { isPromoted, pairOf, type Scenario, tracesOf, type World, worlds } from '@/test/matrix/scenario'
import { furnish, makerOf } from '@/test/matrix/scenarios'
import { permitPairAlone, registerHost } from '@/test/matrix/stage-hosts'
import { type PoolEvent, WorkerPool } from '@/test/matrix/worker-pool'

/** How long an operation may stand still before it is given up. */
const stillMsMax = 180_000
/** How often an operation is asked to go on that ends no further step, beside once for each harm. */
const requestsMax = 10
/** A cut cable: longer than the keepalive that finds it (about 4 s). */
const cutMs = 6_000

export type ChainResult = {
  readonly done: readonly Harm[]
  /** Steps that acted twice. */
  readonly twice: readonly string[]
  /** One sentence for each rule or expectation that did not hold. */
  readonly broken: readonly string[]
  /** Why its operation did not begin, so that no rule was tried; null where it did. */
  readonly notBegun: string | null
  readonly tookMs: number
}

/** The create that makes a pair for other chains broke rules itself: no fault of the stage. */
class PairNotMade extends Error {
  constructor(readonly broken: readonly string[]) {
    super(`the pair was not made: ${broken.join('; ')}`)
  }
}

/** What is said of a chain whose `live` threw: all that it throws came before the operation began. */
export const notBegunBy = (error: unknown): Pick<ChainResult, 'broken' | 'notBegun'> =>
  error instanceof PairNotMade
    ? { broken: error.broken.map((sentence) => `in making its pair: ${sentence}`), notBegun: null }
    : { broken: [], notBegun: String(error) }

/** A lab, a store and real workers, in which one chain after another is lived through. */
export class MatrixStage {
  #scenario: string | null = null
  readonly #savedPairs = new Set<World>()
  #isUsed = true
  /** Cables that are mended a while after they were cut; at a chain's end all are, at once. */
  readonly #heals = new Set<NodeJS.Timeout>()
  /** A cable was mended: what that left is looked at, also where the operation got over it by itself. */
  #isHealed = false

  private constructor(
    readonly ground: Ground,
    readonly lab: Lab,
    private readonly dashboard: LabDashboard,
    private readonly pool: WorkerPool,
    private readonly places: Readonly<Record<'primary' | 'standby', string>>,
    private readonly settings: PairSettings,
    private readonly judge: ChainJudge,
  ) {}

  static async open(ground: Ground): Promise<MatrixStage> {
    const lab = await startLab({ layout: ground.layout })
    await Promise.all(lab.hosts.map(furnish))
    const dashboard = await LabDashboard.open({ [`${ground.profileId}.yaml`]: profileTextOf(ground) })
    const { wiring } = dashboard
    const places = {
      primary: (await registerHost(dashboard, lab.host(0), ground)).id,
      standby: (await registerHost(dashboard, lab.host(1), ground)).id,
    }
    const profile = wiring.profiles.get(ground.profileId)
    const settings = {
      walKeepSegments: 32,
      slotWalSegments: 64,
      directories: [...(profile?.directories ?? [])],
    }
    await wiring.store.pairs.insert({
      slug: ground.slug,
      profileId: ground.profileId,
      ...worlds.unpaired,
      settings,
      hosts: places,
      formerPrimary: 'none',
    })
    const pool = await WorkerPool.open(toVariables(wiring.environment))
    await permitPairAlone(lab, dashboard.verbs, ground)
    await lab.powerOff()
    await lab.saveDisks('unpaired')
    return new MatrixStage(ground, lab, dashboard, pool, places, settings, new ChainJudge(dashboard))
  }

  async close(): Promise<void> {
    await this.pool.close()
    await this.dashboard.close()
    await this.lab.down()
  }

  /** The plan that an operation of this scenario has now. */
  async planOf(scenario: Scenario): Promise<Plan> {
    await this.#enter(scenario)
    return (await scenario.plan(this.dashboard.verbs, crypto.randomUUID())).plan
  }

  /** Brings hosts and store to the scenario's beginning; does nothing where they stand there untouched. */
  async #enter(scenario: Scenario): Promise<void> {
    if (this.#scenario === scenario.name && !this.#isUsed) return
    await this.pool.killAll()
    const { world } = scenario
    const maker = makerOf(world)
    if (maker && !this.#savedPairs.has(world)) await this.#makePair(world, maker)
    await this.lab.restoreDisks(maker ? world : 'unpaired')
    await this.lab.boot({ withoutPostgres: isPromoted(world) ? [0] : [] })
    const pair = await this.#pair()
    const { pairs } = this.dashboard.wiring.store
    const nothing = { pause: null, owed: [], settings: this.settings, adoption: null }
    await pairs.update(pair.id, { ...pairOf(world, this.places), ...nothing })
    // What is written down on the first disks is for the whole pair.
    if (!maker && !worlds[world].scope.database)
      await permitPairAlone(this.lab, this.dashboard.verbs, this.ground)
    await scenario.prepare?.(this.lab, this.dashboard.verbs)
    this.#scenario = scenario.name
    this.#isUsed = false
  }

  async #pair() {
    const pair = await this.dashboard.wiring.store.pairs.findBySlug(this.ground.slug)
    if (!pair) throw new Error('the stage has no pair')
    return pair
  }

  async #makePair(world: World, maker: Scenario): Promise<void> {
    const { broken } = await this.live(maker, { mode: 'kill', harms: [], part: '' })
    if (broken.length > 0) throw new PairNotMade(broken)
    await this.lab.powerOff()
    await this.lab.saveDisks(world)
    this.#savedPairs.add(world)
  }

  /**
   * One operation that stands the harms of a chain, and what must be true of it all the time and at its end. Throws only before that
   * operation began: see `notBegunBy`.
   */
  async live(scenario: Scenario, chain: Chain): Promise<ChainResult> {
    const begunAt = Date.now()
    this.#isUsed ||= chain.harms.some(({ stepId }) => scenario.onlyAfresh?.includes(stepId))
    await this.#enter(scenario)
    const traces = await tracesOf(this.lab)
    const { operations } = this.dashboard.wiring.store
    const { plan, input } = await scenario.plan(this.dashboard.verbs, crypto.randomUUID())
    const pair = await this.#pair()
    const hosts = plan.hosts.primary === this.places.primary ? this.lab.hosts : this.lab.hosts.toReversed()
    const before = await readHostStates(hosts)
    this.#isUsed = true
    const about = { pairId: pair.id, kind: plan.kind, reason: 'The matrix.', startedBy: 'prover' }
    const { id } = await operations.insert({ ...about, plan: { ...plan, pairId: about.pairId }, input })
    const hasDatabase = worlds[scenario.world].scope.database
    const secrets = await this.judge.secretsOf(pair.id)
    const run: Run = { chain, id, before, hasDatabase, hosts, secrets, done: [], twice: [], broken: [] }
    try {
      await this.#drive(run).finally(() => this.#healAll())
      await this.#verifyEnd(scenario, run, traces)
    } catch (error) {
      run.broken.push(String(error))
    }
    await this.pool.killAll()
    await this.#closeStanding(id)
    const { done, twice, broken } = run
    return { done, twice, broken, notBegun: null, tookMs: Date.now() - begunAt }
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
    let lastSeq = 0
    let movedAt = Date.now()
    for (;;) {
      for (const event of this.pool.events.splice(0)) {
        await this.#handle(run, event)
        movedAt = Date.now()
      }
      if (this.#isHealed) await this.judge.look(run)
      this.#isHealed = false
      const { state } = await this.#operation(run.id)
      if (isTerminal(state)) return
      if (isStanding(state) && (await this.#awaitsAsking(run))) await this.#goOn(run)
      while (this.pool.size < wanted)
        await this.pool.add({ harms: this.#left(run), twice: run.chain.mode === 'twice' })
      const events = await this.dashboard.wiring.store.operations.events(run.id, lastSeq)
      lastSeq = events.at(-1)?.seq ?? lastSeq
      // What is asked for again and again and fails at once is no progress.
      if (events.some(({ event }) => 'stepId' in event)) movedAt = Date.now()
      if (Date.now() - movedAt > stillMsMax)
        throw new Error(
          `it stands still as ${state} for ${stillMsMax / 1000} s: ${await this.#lastWords(run)}`,
        )
      await sleep(50)
    }
  }

  /** The sentence of what failed last. */
  async #lastWords({ id }: Run): Promise<string> {
    const events = await this.dashboard.wiring.store.operations.events(id)
    const failures = events.flatMap(({ event }) =>
      'error' in event && event.error ? event.error.message : [],
    )
    return failures.at(-1) ?? 'nothing failed'
  }

  #left({ chain, done }: Run): readonly Harm[] {
    return chain.harms.filter((harm) => !done.includes(harm))
  }

  async #handle(run: Run, event: PoolEvent): Promise<void> {
    if (event.type === 'gone') return await this.judge.look(run)
    if (event.type === 'twice') {
      run.twice.push(event.stepId)
      return await this.judge.look(run)
    }
    const { harm, worker } = event
    const planned = this.#left(run).find((known) => JSON.stringify(known) === JSON.stringify(harm))
    if (!planned) return void worker.send('skip')
    const isCut = harm.kind === 'cut-primary' || harm.kind === 'cut-standby'
    // Of a host that is off there is no cable to cut: nothing is proved by it.
    if (!isCut || (await this.#cut(run, harm.kind))) run.done.push(planned)
    worker.send('go')
    if (harm.kind === 'stop') await this.#continueLater(run, worker)
  }

  async #cut({ hosts }: Run, kind: 'cut-primary' | 'cut-standby'): Promise<boolean> {
    const host = hosts[kind === 'cut-primary' ? 0 : 1]
    if (!host?.isOn()) return false
    const heal = await host.cut()
    const mend = async () => {
      await heal()
      this.#isHealed = true
    }
    this.#heals.add(setTimeout(() => void mend(), cutMs))
    return true
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
    await this.judge.look(run)
    worker.kill('SIGCONT')
  }

  /** It stands until the matrix asks: where it is taken back by itself, its worker asks in a moment. */
  async #awaitsAsking({ id }: Run): Promise<boolean> {
    const events = await this.dashboard.wiring.store.operations.events(id)
    // Read after its events: what its worker asked meanwhile has moved it on.
    const operation = await this.#operation(id)
    return isStanding(operation.state) && !isUndoneByItself(operation, events)
  }

  /** It failed: by the chain's mode it is taken back, or goes on. */
  async #goOn(run: Run): Promise<void> {
    await this.judge.look(run)
    await this.#requireMovement(run)
    const isBack = run.chain.mode === 'undo' || run.chain.mode === 'undo-hurt'
    await askOperation(this.dashboard.wiring.store.operations, {
      operationId: run.id,
      verb: isBack ? 'undo' : 'resume',
      by: 'prover',
      why: 'The matrix.',
    })
  }

  /** What fails again without anything being done to it would be asked to go on for ever. */
  async #requireMovement(run: Run): Promise<void> {
    const events = (await this.dashboard.wiring.store.operations.events(run.id)).map(({ event }) => event)
    const since = events.slice(lastHeadway(events) + 1)
    if (since.filter(({ type }) => type === 'operation.requested').length < run.done.length + requestsMax)
      return
    throw new Error(`asked again and again it ended no further step: ${await this.#lastWords(run)}`)
  }

  async #healAll(): Promise<void> {
    for (const timer of this.#heals) clearTimeout(timer)
    this.#heals.clear()
    for (const host of this.lab.hosts) if (host.isOn()) await host.heal()
  }

  /** What it came to, judged; whether the hosts stand as before decides how the next one begins. */
  async #verifyEnd(scenario: Scenario, run: Run, traces: readonly string[]): Promise<void> {
    await sleep(300) // what a worker that was stopped does late
    const { judge } = this
    await judge.look(run)
    const operation = await this.#operation(run.id)
    const wanted = await judge.verifyEnd(run, operation, this.pool.output)
    if (wanted === 'succeeded') return await scenario.verifyDone(this.lab, operation, run.before)
    if (wanted === 'left') return
    await scenario.verifyUndone(this.lab, traces)
    this.#isUsed = scenario.staysUndone === true
  }
}
