import type { Duplex } from 'node:stream'
import pg from 'pg'
import { monitorRole } from '@/lib/domain/pair-names'
import { AppError } from '@/lib/errors'
import {
  passwordAsked,
  queryTimedOut,
  sessionLost,
  toQueryError,
} from '@/lib/io/postgres/classify-query-failure'
import type { DatabaseSession, OpenDatabaseSession, Row } from '@/lib/ports/host-door'

const connectTimeoutMs = 5000
const queryTimeoutMs = 10_000

/** The server's own time-out fires first and leaves the session usable; this much later ours gives the session up. */
const marginMs = 250

type Input = Parameters<OpenDatabaseSession>[0]

/** pg wants a socket: the stream is connected already, and has no socket's options. */
function asSocket(stream: Duplex): Duplex {
  // A half-closed stream is of no use here: when the server hangs up, so do we.
  stream.once('end', () => stream.end())
  return Object.assign(stream, {
    connect: () => process.nextTick(() => stream.emit('connect')),
    setNoDelay: () => stream,
    setKeepAlive: () => stream,
    ref: () => stream,
    unref: () => stream,
  })
}

function createClient({ stream, target, hostLabel }: Input): pg.Client {
  const { identity } = target
  const user = identity.as === 'owner' ? target.osUser : monitorRole
  return new pg.Client({
    stream: () => asSocket(stream),
    // All given here, so that nothing of the dashboard's own environment (PGHOST, PGPASSWORD, PGOPTIONS …) is used.
    host: 'localhost',
    port: target.port,
    user,
    database: target.database,
    password: () => {
      if (identity.as === 'owner') throw passwordAsked(hostLabel, user)
      return identity.password
    },
    ssl: false,
    application_name: 'understudy',
    client_encoding: 'UTF8',
    // Names are looked up in pg_catalog only: an application's own objects can't stand in for the server's (CVE-2018-1058).
    options: `-c search_path=pg_catalog -c statement_timeout=${queryTimeoutMs}`,
  })
}

/** Opens a session over a stream that leads to PostgreSQL. Throws AppError POSTGRES_* or what the transport knows. */
export const openSession: OpenDatabaseSession = async (input) => {
  const client = createClient(input)
  const session = new Session(client, input)
  await session.connect()
  return session
}

class Session implements DatabaseSession {
  readonly #client: pg.Client
  readonly #input: Input
  #lost: AppError | null = null
  #isClosed = false
  #statementTimeoutMs = queryTimeoutMs
  /** One statement after another: the time-out belongs to one, not to those before it in the queue. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(client: pg.Client, input: Input) {
    this.#client = client
    this.#input = input
    client.on('error', () => this.#giveUp(null))
    client.on('end', () => this.#giveUp(null))
  }

  async connect(): Promise<void> {
    try {
      // An end that has been told is not told again: pg would wait for it until its time-out.
      if (this.#input.stream.readableEnded)
        throw await this.#explain(new Error('the stream had ended before'))
      await this.#bounded(connectTimeoutMs, () => this.#client.connect())
    } catch (error) {
      this.#giveUp(null)
      throw error
    }
  }

  isOpen(): boolean {
    return !this.#isClosed && this.#lost === null
  }

  query(
    text: string,
    params: readonly unknown[] = [],
    options: { timeoutMs?: number } = {},
  ): Promise<readonly Row[]> {
    const timeoutMs = options.timeoutMs ?? queryTimeoutMs
    const answer = this.#turn.then(() => this.#query(text, params, timeoutMs))
    this.#turn = answer.catch(() => undefined)
    return answer
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#client.end().catch(() => undefined)
    this.#input.stream.end()
  }

  async #query(text: string, params: readonly unknown[], timeoutMs: number): Promise<readonly Row[]> {
    if (this.#lost) throw this.#lost
    if (this.#isClosed) throw sessionLost(this.#input.hostLabel, 'the session was closed by us')
    if (timeoutMs !== this.#statementTimeoutMs) {
      await this.#bounded(timeoutMs + marginMs, () =>
        this.#client.query(`SET statement_timeout = ${Math.ceil(timeoutMs)}`),
      )
      this.#statementTimeoutMs = timeoutMs
    }
    const result = await this.#bounded(timeoutMs + marginMs, () =>
      this.#client.query<Record<string, unknown>>(text, [...params]),
    )
    return result.rows
  }

  /** Runs one exchange with the server; after `timeoutMs` the whole session is given up. */
  async #bounded<T>(timeoutMs: number, exchange: () => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const error = queryTimedOut(this.#input.hostLabel)
        this.#giveUp(error)
        reject(error)
      }, timeoutMs)
    })
    try {
      return await Promise.race([exchange(), late])
    } catch (error) {
      throw await this.#explain(error)
    } finally {
      clearTimeout(timer)
    }
  }

  async #explain(error: unknown): Promise<AppError> {
    if (error instanceof AppError) {
      this.#giveUp(error)
      return error
    }
    const answered = toQueryError(this.#input.hostLabel, error)
    if (answered?.code === 'POSTGRES_QUERY_FAILED' || answered?.code === 'POSTGRES_TIMED_OUT') return answered
    const why = answered ?? (await this.#whyLost(error))
    this.#lost = why
    this.#giveUp(why)
    return why
  }

  /** The stream has ended: its transport may know why, else PostgreSQL hung up. */
  async #whyLost(error: unknown): Promise<AppError> {
    const detail = error instanceof Error ? error.message : String(error)
    this.#input.stream.end()
    let timer: NodeJS.Timeout | undefined
    const unknown = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, 1000, null)
    })
    const known = await Promise.race([this.#input.whyEnded(), unknown])
    clearTimeout(timer)
    return known ?? sessionLost(this.#input.hostLabel, detail, error)
  }

  #giveUp(why: AppError | null): void {
    this.#lost ??= why ?? sessionLost(this.#input.hostLabel, 'the stream ended')
    this.#input.stream.destroy()
  }
}
