import { setTimeout as sleep } from 'node:timers/promises'
import type { Operation, OperationId } from '@/lib/domain/operation'
import {
  inFlightStates,
  isCancelRequested,
  isInFlight,
  requestNumberOf,
  standingStates,
} from '@/lib/domain/operation-state'
import { isUndoneByItself } from '@/lib/domain/operation-verbs'
import { hasCode } from '@/lib/errors'
import { type OperationRuntime, startOperationRuntime } from '@/lib/io/dbos/operation-runtime'
import type { OperationRequest } from '@/lib/io/dbos/workflow-id'
import type { Durable } from '@/lib/operations/engine/ports'
import { runOperation } from '@/lib/operations/engine/run-operation'
import type { OperationRegistry } from '@/lib/operations/registry'
import type { Store } from '@/lib/ports/store'
import type { Clock } from '@/lib/time'

export type WorkerLog = Readonly<
  Record<'debug' | 'info' | 'warn' | 'error', (fields: object, text: string) => void>
>

export type WorkerOperationsOptions = {
  readonly store: Pick<Store, 'operations' | 'listen'>
  /** libpq URL of the same store. */
  readonly connectionString: string
  readonly registry: OperationRegistry
  readonly clock: Clock
  readonly log: WorkerLog
  /** How often it looks for what notifications may have missed, and for workers that died. */
  readonly lookIntervalMs?: number
  readonly frozenAfterMs?: number
}

export type WorkerOperations = { stop(): Promise<void> }

const graceMs = 10_000
const lookPauseMs = 250
const defaultLookIntervalMs = 2_000

/** The part of the worker that works on operations: what is asked for in the store is done, once, by one of the workers. */
class OperationsWorker {
  #runtime: OperationRuntime | null = null
  readonly #looking = new Map<OperationId, 'once' | 'again'>()
  /** How far this worker has read the records of the operations that it works on. */
  readonly #readSeq = new Map<OperationId, number>()

  constructor(private readonly options: WorkerOperationsOptions) {}

  async start(): Promise<WorkerOperations> {
    const { connectionString, store, log, lookIntervalMs = defaultLookIntervalMs } = this.options
    const onError = (error: unknown) => log.error({ err: error }, 'working on operations')
    this.#runtime = await startOperationRuntime({
      connectionString,
      handle: (request, durable) => this.#handle(request, durable),
      onTakeOver: (request, silentMs) => this.#interruptWhenLate(request, silentMs),
      onError,
      logger: toRuntimeLogger(log),
      sweepIntervalMs: lookIntervalMs,
      ...(this.options.frozenAfterMs !== undefined && { frozenAfterMs: this.options.frozenAfterMs }),
    })
    const runtime = this.#runtime
    let round = Promise.resolve()
    const lookAtAll = () => {
      round = round.then(() => this.#round()).catch(onError)
      return round
    }
    const stopListening = await store.listen('operations', (id) => {
      if (id === null) void lookAtAll()
      else this.#look(id)
    })
    const timer = setInterval(lookAtAll, lookIntervalMs)
    await lookAtAll()
    return {
      stop: async () => {
        clearInterval(timer)
        await stopListening()
        await runtime.stop()
      },
    }
  }

  /** What notifications may have missed, and what nobody works on any more. */
  async #round(): Promise<void> {
    const { operations } = this.options.store
    for (const { id } of await operations.listInState(standingStates)) await this.#undoByItself(id)
    for (const operation of await operations.listInState(inFlightStates)) {
      this.#look(operation.id)
      const isOurs = this.#readSeq.has(operation.id)
      if (operation.state !== 'queued' && !isOurs) await this.#interruptWhenLost(operation)
    }
  }

  /** Looks at one operation at once; notifications that come while it looks are one more look, a little later. */
  #look(id: OperationId): void {
    if (this.#looking.has(id)) {
      this.#looking.set(id, 'again')
      return
    }
    this.#looking.set(id, 'once')
    this.#lookAt(id)
      .catch((error: unknown) =>
        this.options.log.error({ err: error, operationId: id }, 'looking at an operation'),
      )
      .then(() => sleep(lookPauseMs))
      .then(() => {
        const wish = this.#looking.get(id)
        this.#looking.delete(id)
        if (wish === 'again') this.#look(id)
      })
  }

  async #lookAt(id: OperationId): Promise<void> {
    if (this.#readSeq.has(id)) return await this.#cancelWhenAsked(id)
    const operation = await this.options.store.operations.find(id)
    if (operation?.state === 'queued') await this.#enqueue(operation)
  }

  /** Reads only what was written since it looked last. */
  async #cancelWhenAsked(id: OperationId): Promise<void> {
    const events = await this.options.store.operations.events(id, this.#readSeq.get(id))
    if (isCancelRequested(events)) this.#runtime?.cancel(id)
    const last = events.at(-1)
    if (last && this.#readSeq.has(id)) this.#readSeq.set(id, last.seq)
  }

  async #enqueue(operation: Operation): Promise<void> {
    const { store, clock } = this.options
    const events = await store.operations.events(operation.id)
    const askedAt = events.at(-1)?.at ?? operation.createdAt
    const request = { operationId: operation.id, requestNumber: requestNumberOf(events) }
    await this.#interruptWhenLate(request, clock.now().getTime() - Date.parse(askedAt))
    await this.#runtime?.enqueue(request, operation.pairId)
  }

  /** Nobody works on it and nobody will: what should have is gone. An operator decides. */
  async #interruptWhenLost({ id, state }: Operation): Promise<void> {
    const { operations } = this.options.store
    const requestNumber = requestNumberOf(await operations.events(id))
    if (await this.#runtime?.isPending({ operationId: id, requestNumber })) return
    const now = await operations.find(id)
    if (now?.state === state) await this.#interrupt(id, 'The worker that had it left nothing to go on from.')
  }

  async #interruptWhenLate(
    { operationId, requestNumber }: OperationRequest,
    silentMs: number,
  ): Promise<void> {
    const { store, registry } = this.options
    const operation = await store.operations.find(operationId)
    if (!operation || !isInFlight(operation.state)) return
    if (silentMs <= registry[operation.kind].silentMsMax) return
    if (requestNumberOf(await store.operations.events(operationId)) !== requestNumber) return
    const minutes = Math.floor(silentMs / 60_000)
    const howLong = Number.isFinite(minutes) ? `for ${minutes} min` : 'for too long'
    await this.#interrupt(operationId, `No worker was there ${howLong}: things may have changed since.`)
  }

  async #interrupt(id: OperationId, why: string): Promise<void> {
    try {
      await this.options.store.operations.append(id, { type: 'operation.interrupted', why })
    } catch (error) {
      if (!hasCode(error, 'CONFLICT')) throw error
    }
  }

  /** One that undoes itself is taken back as soon as it stands. */
  async #undoByItself(id: OperationId): Promise<void> {
    const { operations } = this.options.store
    const operation = await operations.find(id)
    if (!operation || !isUndoneByItself(operation, await operations.events(id))) return
    try {
      await operations.append(id, { type: 'operation.requested', mode: 'undo', by: 'Understudy' })
    } catch (error) {
      if (!hasCode(error, 'CONFLICT')) throw error
    }
  }

  async #handle(request: OperationRequest, durable: Durable): Promise<void> {
    const { store, registry, clock, log } = this.options
    const operation = await store.operations.find(request.operationId)
    if (!operation) return
    this.#readSeq.set(operation.id, 0)
    try {
      await this.#cancelWhenAsked(operation.id)
      await runOperation({
        operation,
        open: () => registry[operation.kind].open(operation),
        record: store.operations,
        durable,
        requestNumber: request.requestNumber,
        clock,
        graceMs,
        onError: (error, stepId) =>
          log.error({ err: error, operationId: operation.id, stepId }, 'an operation'),
      })
    } finally {
      this.#readSeq.delete(operation.id)
    }
    await this.#undoByItself(operation.id)
  }
}

/** DBOS tells much that is of no interest to an operator. */
const toRuntimeLogger = (log: WorkerLog) => ({
  debug: () => undefined,
  info: (entry: unknown) => log.debug({ durable: true }, String(entry)),
  warn: (entry: unknown) => log.debug({ durable: true }, String(entry)),
  error: (entry: unknown) => log.warn({ durable: true }, String(entry)),
})

/**
 * Begins to work on operations: takes up what is asked for in the store, takes over from workers that died, and leaves what it
 * has when it stops (within some 2 s) to whoever comes next. Throws what the store throws when it can't be reached.
 */
export const startWorkerOperations = (options: WorkerOperationsOptions): Promise<WorkerOperations> =>
  new OperationsWorker(options).start()
