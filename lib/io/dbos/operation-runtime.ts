import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { DBOS, DBOSWorkflowConflictError, type DLogger } from '@dbos-inc/dbos-sdk'
import pg from 'pg'
import type { OperationId } from '@/lib/domain/operation'
import type { PairId } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import { ActiveRequests } from '@/lib/io/dbos/active-requests'
import { ExecutorLock, ensureRuntimeSchema, makeLockClient, runtimeSchema } from '@/lib/io/dbos/executor-lock'
import { Sweeper } from '@/lib/io/dbos/sweeper'
import { type OperationRequest, toWorkflowId } from '@/lib/io/dbos/workflow-id'
import { type Durable, LeftRunning } from '@/lib/operations/engine/ports'

export type OperationRuntimeOptions = {
  /** libpq URL of the store. */
  readonly connectionString: string
  /** Does the work of a request to its end. What it throws, `LeftRunning` or not, leaves the request for later. */
  readonly handle: (request: OperationRequest, durable: Durable) => Promise<void>
  /**
   * Called before a request is taken over from a worker that was silent for `silentMs`; what it writes into the operation's record
   * decides whether the request then does anything.
   */
  readonly onTakeOver: (request: OperationRequest, silentMs: number) => Promise<void>
  readonly onError: (error: unknown) => void
  /** What the durable runtime itself says. */
  readonly logger: DLogger
  readonly sweepIntervalMs?: number
  /** A worker that holds its lock and has not been seen for so long is taken for frozen. */
  readonly frozenAfterMs?: number
  /** How long the durable runtime's own rows are kept after their end; what happened stands in the operation's record. */
  readonly keepMs?: number
}

export type OperationRuntime = {
  readonly executorId: string
  /** Makes sure that some worker serves the request; asking twice is asking once. One request of a pair at a time. */
  enqueue(request: OperationRequest, pairId: PairId): Promise<void>
  /** Whether the request is waiting or being served, by whichever worker. */
  isPending(request: OperationRequest): Promise<boolean>
  /** Operations that this process works on. */
  active(): readonly OperationId[]
  /** Stops this process's work on an operation as cancelled, if it has any. */
  cancel(operationId: OperationId): void
  /** Lets go of all work and leaves it for whoever comes next; at most some 3 s. */
  stop(): Promise<void>
}

const queueName = 'operations'
const workflowName = 'operation'
/**
 * Raised only when stored checkpoints can't be read any more; a worker takes up only what its own version left. That steps still
 * match a plan is the engine's check.
 */
const applicationVersion = '1'
/** How long a request may wait for a worker that has nothing to do. */
const pollIntervalMs = 50

type Serve = (request: OperationRequest) => Promise<void>

/** DBOS keeps one registry a process: the one workflow calls whichever runtime runs now. */
let serve: Serve | null = null
const workflow = DBOS.registerWorkflow(
  async (request: OperationRequest): Promise<void> => {
    if (!serve) throw new DBOSWorkflowConflictError(toWorkflowId(request))
    await serve(request)
  },
  { name: workflowName },
)

/** Checkpoints as DBOS steps. What must not end here is told to DBOS as lost to another: it then records nothing. */
function durableOf(workflowId: string, signal: AbortSignal): Durable {
  return {
    signal,
    checkpoint: (name, body) =>
      DBOS.runStep(
        async () => {
          try {
            return await body()
          } catch (error) {
            throw error instanceof LeftRunning ? new DBOSWorkflowConflictError(workflowId) : error
          }
        },
        { name },
      ),
  }
}

function makeServe(
  { handle, onError }: OperationRuntimeOptions,
  active: ActiveRequests,
  lock: ExecutorLock,
): Serve {
  return async (request) => {
    const workflowId = toWorkflowId(request)
    try {
      await active.run(request, async (signal) => {
        if (!lock.isHeld) throw new LeftRunning('the executor’s lock is not held')
        await handle(request, durableOf(workflowId, signal))
      })
    } catch (error) {
      const isLeft = error instanceof LeftRunning || error instanceof DBOSWorkflowConflictError
      if (!isLeft) onError(error)
      throw new DBOSWorkflowConflictError(workflowId)
    }
  }
}

const makePool = (connectionString: string): pg.Pool =>
  new pg.Pool({
    connectionString,
    max: 10,
    application_name: 'understudy durable',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    // A worker that freezes within a transaction must not keep its rows from the one that takes over.
    idle_in_transaction_session_timeout: 10_000,
  })

async function launch(
  pool: pg.Pool,
  executorId: string,
  { connectionString, logger }: OperationRuntimeOptions,
) {
  DBOS.setConfig({
    name: 'understudy',
    systemDatabaseUrl: connectionString,
    systemDatabasePool: pool,
    systemDatabaseSchemaName: runtimeSchema,
    applicationVersion,
    executorID: executorId,
    useListenNotify: false,
    logger,
  })
  await DBOS.launch()
  await DBOS.registerQueue(queueName, {
    partitionConcurrency: 1,
    minPollingIntervalMs: pollIntervalMs,
    onConflict: 'always_update',
  })
}

/** Names the advisory lock under which one process at a time brings the SDK's tables up to date. */
const launchLockName = 'understudy.durable.launch'
const launchLockPauseMs = 50

/**
 * Runs `body` in one process at a time. The lock is tried again and again rather than waited for: the SDK builds indexes
 * concurrently, and that waits for every open statement, a waiting lock's too (PostgreSQL documentation, CREATE INDEX).
 */
async function oneAtATime<T>(pool: pg.Pool, body: () => Promise<T>): Promise<T> {
  const client = await pool.connect()
  const ask = async (name: string) =>
    (await client.query(`SELECT ${name}(hashtextextended($1, 0)) AS done`, [launchLockName])).rows[0].done
  try {
    while (!(await ask('pg_try_advisory_lock'))) await delay(launchLockPauseMs)
    try {
      return await body()
    } finally {
      await ask('pg_advisory_unlock')
    }
  } finally {
    client.release()
  }
}

/**
 * Starts this process as one that works on operations. One at a time in a process. Throws what pg throws when the store can't be
 * reached; afterwards it outlives the store's absence by itself.
 */
export async function startOperationRuntime(options: OperationRuntimeOptions): Promise<OperationRuntime> {
  if (serve) throw new AppError('ALREADY_RUNNING', 'This process works on operations already.')
  const { connectionString, onError } = options
  const executorId = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`
  const pool = makePool(connectionString)
  pool.on('error', onError)
  const active = new ActiveRequests()
  const lock = new ExecutorLock({
    makeClient: () => makeLockClient(connectionString),
    executorId,
    onLost: () => void active.leaveAll('the executor’s lock was lost'),
    onError,
  })
  const sweeper = new Sweeper({ ...options, pool, lock, active, executorId, queueName })
  try {
    await ensureRuntimeSchema(pool)
    await lock.take()
    serve = makeServe(options, active, lock)
    await oneAtATime(pool, () => launch(pool, executorId, options))
  } catch (error) {
    serve = null
    await lock.release()
    await pool.end()
    throw error
  }
  sweeper.start()
  return {
    executorId,
    enqueue: async (request, pairId) => {
      const enqueueOptions = { queuePartitionKey: pairId }
      await DBOS.startWorkflow(workflow, { workflowID: toWorkflowId(request), queueName, enqueueOptions })(
        request,
      )
    },
    isPending: async (request) => {
      const status = (await DBOS.getWorkflowStatus(toWorkflowId(request)))?.status
      return status === 'PENDING' || status === 'ENQUEUED' || status === 'DELAYED'
    },
    active: active.operationIds,
    cancel: (operationId) =>
      active.abort(
        operationId,
        new AppError('CANCELLED', 'It was cancelled.', { fix: 'Resume or undo it.' }),
      ),
    stop: async () => {
      serve = null
      await sweeper.stop()
      await active.leaveAll('this process is shutting down')
      await lock.release()
      await DBOS.shutdown()
      await pool.end()
    },
  }
}
