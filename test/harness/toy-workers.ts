import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OperationEvent, OperationId, OperationState, Plan, RecordedEvent } from '@/lib/domain/operation'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { query } from '@/test/harness/store-cluster'
import { insertPair } from '@/test/harness/store-fixtures'
import { type ToyWorld, toyPlan, type toyStepIds } from '@/test/harness/toy-operation'
import type { ToyWatcherInput } from '@/test/harness/toy-watcher'
import type { ToyWorkerInput } from '@/test/harness/toy-worker'

const programOf = (name: string) => new URL(`./${name}.ts`, import.meta.url).pathname

/** A real worker process. */
export class ToyWorker {
  private constructor(private readonly child: ChildProcess) {}

  get pid(): number {
    return this.child.pid ?? 0
  }

  /** One that works on operations. */
  static start = (input: ToyWorkerInput): Promise<ToyWorker> => ToyWorker.#fork('toy-worker', input)
  /** One that watches pairs. */
  static startWatcher = (input: ToyWatcherInput): Promise<ToyWorker> => ToyWorker.#fork('toy-watcher', input)

  static async #fork(program: string, input: object): Promise<ToyWorker> {
    const child = fork(programOf(program), [JSON.stringify(input)], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-2_000)
    })
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the worker ended with ${code} before it was ready: ${said}`)
    })
    await Promise.race([once(child, 'message'), ended])
    ended.catch(() => undefined)
    return new ToyWorker(child)
  }

  /** Sends a signal and, unless it only pauses, waits for the end. Returns how long that took, in ms. */
  async signal(name: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<number> {
    const begunAt = Date.now()
    const isPause = name === 'SIGSTOP' || name === 'SIGCONT'
    const ended = isPause || this.child.exitCode !== null || this.child.signalCode !== null
    const exit = ended ? null : once(this.child, 'exit')
    this.child.kill(name)
    await exit
    return Date.now() - begunAt
  }
}

/** A store, a world and the workers of one test. */
export class ToyStage {
  readonly #workers: ToyWorker[] = []

  private constructor(
    readonly stage: TestStore,
    readonly world: ToyWorld,
  ) {}

  /** On a database of the run's cluster, unless a store of its own is given. */
  static async open(pauseMs: number, store?: TestStore): Promise<ToyStage> {
    const directory = await mkdtemp(join(tmpdir(), 'understudy-toy-'))
    return new ToyStage(store ?? (await createTestStore()), { directory, pauseMs })
  }

  async startWorker(over: Partial<ToyWorkerInput> = {}): Promise<ToyWorker> {
    const worker = await ToyWorker.start({
      connectionString: this.stage.connectionString,
      world: this.world,
      silentMsMax: 60_000,
      frozenAfterMs: 60_000,
      ...over,
    })
    this.#workers.push(worker)
    return worker
  }

  /** The worker that has the operation now, and one that has not. */
  async ownerOf(id: OperationId): Promise<{ owner: ToyWorker; other: ToyWorker }> {
    const rows = await query(
      this.stage.connectionString,
      `select executor_id from durable.workflow_status where workflow_uuid like '${id}:%' and status = 'PENDING'`,
    )
    const isOwner = ({ pid }: ToyWorker) => JSON.stringify(rows).includes(`-${pid}-`)
    const owner = this.#workers.find(isOwner)
    const other = this.#workers.find((worker) => !isOwner(worker))
    if (!owner || !other) throw new Error(`no worker has ${id}: ${JSON.stringify(rows)}`)
    return { owner, other }
  }

  /** Ends all sessions of the workers on the store, as a restart of its server would. */
  async dropSessions(): Promise<void> {
    // Those of the test itself have the name that a store gives where none is asked for, or none.
    const dropped = await query(
      this.stage.connectionString,
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name not in ('', 'understudy')`,
    )
    if (dropped.length === 0) throw new Error('no worker has a session on the store')
  }

  async insertOperation(
    over: Partial<Plan> = {},
    irreversible?: (typeof toyStepIds)[number],
  ): Promise<OperationId> {
    const pair = await insertPair(this.stage.store)
    const operationId = crypto.randomUUID()
    const { id } = await this.stage.store.operations.insert({
      pairId: pair.id,
      kind: 'create',
      plan: toyPlan({ ...over, operationId, pairId: pair.id }, irreversible),
      input: {},
      reason: 'A test',
      startedBy: 'ada',
    })
    return id
  }

  /** Resolves with the record as soon as `isSo` says yes of it; the test's own time-out is the limit. */
  async until(id: OperationId, isSo: (events: readonly RecordedEvent[]) => boolean | Promise<boolean>) {
    const { operations } = this.stage.store
    let changed: () => void = () => undefined
    const stop = await this.stage.store.listen('operations', () => changed())
    try {
      for (;;) {
        const next = new Promise<void>((resolve) => {
          changed = resolve
        })
        const events = await operations.events(id)
        if (await isSo(events)) return events
        await next
      }
    } finally {
      await stop()
    }
  }

  untilState(id: OperationId, ...states: readonly OperationState[]) {
    return this.until(id, async () => {
      const operation = await this.stage.store.operations.find(id)
      return operation !== null && states.includes(operation.state)
    })
  }

  /** Until a step acts: it has begun and its effect is not there yet. */
  untilActing(id: OperationId, stepId: string, times = 1) {
    const isActing = (event: OperationEvent) =>
      event.type === 'step.output' && event.stepId === stepId && event.line.startsWith('Doing')
    return this.until(id, (events) => events.filter(({ event }) => isActing(event)).length >= times)
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) await worker.signal('SIGKILL')
    await this.stage.close()
    await rm(this.world.directory, { recursive: true, force: true })
  }
}
