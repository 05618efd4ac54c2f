import { DBOS } from '@dbos-inc/dbos-sdk'
import type pg from 'pg'
import type { ActiveRequests } from '@/lib/io/dbos/active-requests'
import { type DeadExecutor, type ExecutorLock, runtimeSchema } from '@/lib/io/dbos/executor-lock'
import { type OperationRequest, parseWorkflowId } from '@/lib/io/dbos/workflow-id'

export type SweeperOptions = {
  readonly pool: pg.Pool
  readonly lock: ExecutorLock
  readonly active: ActiveRequests
  readonly executorId: string
  readonly queueName: string
  readonly onTakeOver: (request: OperationRequest, silentMs: number) => Promise<void>
  readonly onError: (error: unknown) => void
  readonly sweepIntervalMs?: number
  readonly frozenAfterMs?: number
  readonly keepMs?: number
}

/** An executor that was seen within this time may live. */
const aliveMs = 60_000
const defaultKeepMs = 24 * 3_600_000
/** The old is looked for this often within the time that it is kept. */
const retentionShare = 1 / 100

type PendingRow = { readonly workflowId: string; readonly executorId: string }

/**
 * Looks every few seconds for requests whose worker is gone and gives them back to the queue. Only one worker sweeps at a time, and
 * it looks at the locks while it does, so that nothing is taken from a worker that lives.
 */
export class Sweeper {
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #sweeping: Promise<void> = Promise.resolve()
  #retainedAt = 0

  constructor(private readonly options: SweeperOptions) {}

  start(): void {
    const { sweepIntervalMs = 2_000, onError } = this.options
    const tick = async () => {
      this.#sweeping = this.#sweep().catch(onError)
      await this.#sweeping
      if (!this.#stopping.signal.aborted) this.#timer = setTimeout(tick, sweepIntervalMs)
    }
    void tick()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    clearTimeout(this.#timer)
    await this.#sweeping
  }

  async #sweep(): Promise<void> {
    const { lock, keepMs = defaultKeepMs } = this.options
    if (!lock.isHeld) return
    await lock.beat()
    await this.#giveBackOwn()
    await this.#takeOver()
    if (Date.now() - this.#retainedAt < keepMs * retentionShare) return
    this.#retainedAt = Date.now()
    await this.#deleteOld(keepMs)
  }

  async #pending(): Promise<readonly PendingRow[]> {
    const { rows } = await this.options.pool.query(
      `select workflow_uuid as "workflowId", executor_id as "executorId"
         from ${runtimeSchema}.workflow_status where status = 'PENDING' and queue_name = $1`,
      [this.options.queueName],
    )
    return rows
  }

  /** What this process let go of (the store was away, its lock was lost) and nobody else took. */
  async #giveBackOwn(): Promise<void> {
    const { executorId, active, queueName } = this.options
    const isLeft = (row: PendingRow) => row.executorId === executorId && !active.has(row.workflowId)
    const before = (await this.#pending()).filter(isLeft).map((row) => row.workflowId)
    if (before.length === 0) return
    // A request that was claimed just now is not active for a moment: only what is still so at a second look was left.
    await new Promise((resolve) => setTimeout(resolve, 500))
    for (const row of (await this.#pending()).filter(isLeft))
      if (before.includes(row.workflowId)) await DBOS.resumeWorkflow(row.workflowId, { queueName })
  }

  async #takeOver(): Promise<void> {
    const { lock, executorId, frozenAfterMs = 30_000 } = this.options
    const others = new Set((await this.#pending()).map((row) => row.executorId))
    others.delete(executorId)
    if (others.size > 0) await lock.withDead([...others], frozenAfterMs, (dead) => this.#takeFrom(dead))
  }

  async #takeFrom(dead: readonly DeadExecutor[]): Promise<void> {
    const { onTakeOver, queueName } = this.options
    const silentMs = new Map(dead.map((executor) => [executor.executorId, executor.silentMs]))
    for (const { workflowId, executorId } of await this.#pending()) {
      const ms = silentMs.get(executorId)
      if (ms === undefined) continue
      await onTakeOver(parseWorkflowId(workflowId), ms)
      await DBOS.resumeWorkflow(workflowId, { queueName })
    }
  }

  async #deleteOld(keepMs: number): Promise<void> {
    const { pool, queueName } = this.options
    const completedBefore = new Date(Date.now() - keepMs).toISOString()
    const old = await DBOS.listWorkflows({ queueName, completedBefore, loadInput: false, loadOutput: false })
    if (old.length > 0) await DBOS.deleteWorkflows(old.map(({ workflowID }) => workflowID))
    await pool.query(
      `delete from ${runtimeSchema}.executors
        where seen_at < now() - make_interval(secs => $1) and executor_id not in
         (select executor_id from ${runtimeSchema}.workflow_status where status = 'PENDING' and executor_id is not null)`,
      [Math.max(keepMs, aliveMs) / 1_000],
    )
  }
}
