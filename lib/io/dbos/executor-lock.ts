import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** Schema of the durable runtime's tables: DBOS's own, and ours that says when each executor was seen last. */
export const runtimeSchema = 'durable'

/** First 8 bytes of SHA-256 as PostgreSQL's bigint, so that different names don't share a lock. */
const lockKey = (name: string): string =>
  createHash('sha256').update(`understudy ${name}`).digest().readBigInt64BE(0).toString()

const executorKey = (executorId: string) => lockKey(`executor ${executorId}`)
const sweepKey = lockKey('sweep')

export type ExecutorLockOptions = {
  readonly makeClient: () => pg.Client
  readonly executorId: string
  /** Called each time the lock is lost; it is taken again by itself. */
  readonly onLost: () => void
  readonly onError: (error: unknown) => void
}

/** An executor that let go of its lock, or was made to. */
export type DeadExecutor = { readonly executorId: string; readonly silentMs: number }

const backoffMs = { first: 50, max: 1_000 }

/**
 * A session-level advisory lock that says "this executor lives", on a connection of its own: PostgreSQL lets go of it when the
 * process dies, however it dies. The lock, not a clock, decides who is dead; the time last seen says only for how long.
 */
export class ExecutorLock {
  readonly #closing = new AbortController()
  #client: pg.Client | null = null

  constructor(private readonly options: ExecutorLockOptions) {}

  get isHeld(): boolean {
    return this.#client !== null
  }

  /** Takes the lock; throws what pg throws when the store can't be reached. */
  async take(): Promise<void> {
    const { makeClient, executorId, onError } = this.options
    const client = makeClient()
    client.on('error', onError)
    try {
      await client.connect()
      await client.query('select pg_advisory_lock($1)', [executorKey(executorId)])
      await this.#beat(client)
    } catch (error) {
      await client.end().catch(onError)
      throw error
    }
    client.once('end', () => {
      if (this.#client !== client) return
      this.#client = null
      if (this.#closing.signal.aborted) return
      this.options.onLost()
      this.#takeAgain().catch(onError)
    })
    this.#client = client
  }

  /** Says that this executor lives. A connection that doesn't answer is given up, and the lock with it. */
  async beat(): Promise<void> {
    const client = this.#client
    if (!client) return
    try {
      await this.#beat(client)
    } catch (error) {
      this.options.onError(error)
      await client.end().catch(this.options.onError)
    }
  }

  /**
   * Calls `body` with the executors among `executorIds` whose lock is free, while no other process does the same; does
   * nothing while one does. An executor that still holds its lock but has not been seen for `frozenAfterMs` is frozen: its
   * session is ended first, so that it finds its lock lost when it goes on.
   */
  async withDead(
    executorIds: readonly string[],
    frozenAfterMs: number,
    body: (dead: readonly DeadExecutor[]) => Promise<void>,
  ): Promise<void> {
    const client = this.#client
    if (!client) return
    const { rows } = await client.query('select pg_try_advisory_lock($1) as got', [sweepKey])
    if (rows[0]?.got !== true) return
    try {
      const dead: DeadExecutor[] = []
      for (const executorId of executorIds) {
        const silentMs = await this.#silentMs(client, executorId)
        const isFree = await this.#isFree(client, executorId, silentMs > frozenAfterMs)
        if (isFree) dead.push({ executorId, silentMs })
      }
      await body(dead)
    } finally {
      await client.query('select pg_advisory_unlock($1)', [sweepKey])
    }
  }

  async release(): Promise<void> {
    this.#closing.abort()
    const client = this.#client
    this.#client = null
    await client?.end()
  }

  async #beat(client: pg.Client): Promise<void> {
    await client.query(
      `insert into ${runtimeSchema}.executors (executor_id, seen_at) values ($1, now())
       on conflict (executor_id) do update set seen_at = now()`,
      [this.options.executorId],
    )
  }

  /** By the store's clock alone. One that was never seen is taken for dead since ever. */
  async #silentMs(client: pg.Client, executorId: string): Promise<number> {
    const { rows } = await client.query(
      `select extract(epoch from now() - seen_at) * 1000 as ms from ${runtimeSchema}.executors where executor_id = $1`,
      [executorId],
    )
    return rows[0] ? Number(rows[0].ms) : Number.POSITIVE_INFINITY
  }

  async #isFree(client: pg.Client, executorId: string, isFrozen: boolean): Promise<boolean> {
    const key = executorKey(executorId)
    if (isFrozen)
      await client.query(
        `select pg_terminate_backend(pid, 1000) from pg_locks
          where locktype = 'advisory' and objsubid = 1 and granted
            and database = (select oid from pg_database where datname = current_database())
            and (classid::bigint << 32) | objid::bigint = $1`,
        [key],
      )
    const { rows } = await client.query('select pg_try_advisory_lock($1) as got', [key])
    if (rows[0]?.got !== true) return false
    await client.query('select pg_advisory_unlock($1)', [key])
    return true
  }

  async #takeAgain(): Promise<void> {
    const { signal } = this.#closing
    for (let waitMs = backoffMs.first; ; waitMs = Math.min(waitMs * 2, backoffMs.max)) {
      await sleep(waitMs, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      try {
        await this.take()
        return
      } catch (error) {
        this.options.onError(error)
      }
    }
  }
}

/** Makes the schema and our table in it, whoever else does the same at this time. */
export async function ensureRuntimeSchema(client: pg.Client | pg.Pool): Promise<void> {
  await client.query(`do $$ begin
    perform pg_advisory_xact_lock(${lockKey('schema')});
    create schema if not exists ${runtimeSchema};
    create table if not exists ${runtimeSchema}.executors (
      executor_id text primary key,
      seen_at timestamptz not null
    );
  end $$`)
}

export const makeLockClient = (connectionString: string): pg.Client =>
  new pg.Client({
    connectionString,
    application_name: 'understudy executor',
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    keepAlive: true,
  })
