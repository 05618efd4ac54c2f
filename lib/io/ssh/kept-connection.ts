import { pointToAccess } from '@/lib/domain/host-access'
import { AppError, hasCode } from '@/lib/errors'
import { type Access, label } from '@/lib/io/ssh/access'
import { Connection } from '@/lib/io/ssh/connection'
import type { DoorState } from '@/lib/ports/host-door'
import { type Clock, toInstant } from '@/lib/time'

const connectTimeoutMs = 3000

/** Waits before the next attempt, by the number of failures in a row. */
const backOffsMs = [100, 250, 500, 1000] as const

/** A host that refuses us isn't asked again each second: accounts get locked and sources banned by that. */
const refusedBackOffMs = 15_000

const backOffMs = (failures: number, error: AppError): number => {
  if (hasCode(error, 'HOST_AUTH_FAILED', 'HOST_KEY_CHANGED', 'HOST_KEY_UNCONFIRMED')) return refusedBackOffMs
  return backOffsMs[Math.min(failures, backOffsMs.length) - 1] ?? 1000
}

/**
 * A connection to a registered host that comes back by itself: connects at once, and again after a loss, in the background, until
 * closed. `readAccess` is called before each attempt, so that the secret lives no longer than that.
 */
export class KeptConnection {
  readonly #readAccess: () => Promise<Access>
  readonly #host: { readonly name: string; readonly address: string }
  readonly #clock: Clock
  #state: DoorState
  #connection: Connection | null = null
  #attempt: Promise<Connection> | null = null
  #timer: NodeJS.Timeout | undefined
  #failures = 0
  #isClosed = false

  constructor(host: { name: string; address: string }, readAccess: () => Promise<Access>, clock: Clock) {
    this.#host = host
    this.#readAccess = readAccess
    this.#clock = clock
    this.#state = { state: 'connecting', since: toInstant(clock.now()) }
    this.#connectInBackground()
  }

  state(): DoorState {
    return this.#state
  }

  /**
   * The open connection, or the one that is on its way. Where the last attempt failed, tries at once; but throws the known reason
   * while the host refuses us.
   */
  async get(): Promise<Connection> {
    if (this.#isClosed) throw this.#closed()
    if (this.#connection) return this.#connection
    if (this.#attempt) return this.#attempt
    if (this.#state.state === 'failed' && backOffMs(1, this.#state.error) === refusedBackOffMs)
      throw this.#state.error
    return this.#connect()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#connection?.end()
    this.#connection = null
    this.#fail(this.#closed())
  }

  #connectInBackground(): void {
    // Its failure is kept in the state, where watchers look; nobody waits for this attempt.
    this.#connect().catch(() => undefined)
  }

  #connect(): Promise<Connection> {
    clearTimeout(this.#timer)
    this.#attempt = this.#open().finally(() => {
      this.#attempt = null
    })
    return this.#attempt
  }

  async #open(): Promise<Connection> {
    try {
      const connection = await Connection.open(await this.#readAccess(), connectTimeoutMs)
      if (this.#isClosed) {
        connection.end()
        throw this.#closed()
      }
      this.#failures = 0
      this.#connection = connection
      this.#state = { state: 'connected', since: toInstant(this.#clock.now()) }
      connection.onClose((why) => this.#onLost(connection, why))
      return connection
    } catch (error) {
      const why = pointToAccess(toAppError(error, label(this.#host)), this.#host.name)
      this.#failures += 1
      this.#fail(why)
      if (!this.#isClosed)
        this.#timer = setTimeout(() => this.#connectInBackground(), backOffMs(this.#failures, why))
      throw why
    }
  }

  #onLost(connection: Connection, why: AppError): void {
    if (this.#connection !== connection) return
    this.#connection = null
    this.#fail(why)
    this.#connectInBackground()
  }

  /** An outage keeps its beginning while the attempts go on. */
  #fail(error: AppError): void {
    const since = this.#state.state === 'failed' ? this.#state.since : toInstant(this.#clock.now())
    this.#state = { state: 'failed', error, since }
  }

  #closed(): AppError {
    return new AppError(
      'HOST_CONNECTION_LOST',
      `The connection to ${label(this.#host)} was closed by the dashboard.`,
      {
        fix: 'The host was removed, its access changed, or the dashboard is stopping: try again.',
      },
    )
  }
}

/** What reading the access threw is ours (a secret that can't be read); anything else is a bug worth its own words. */
function toAppError(error: unknown, name: string): AppError {
  if (error instanceof AppError) return error
  return new AppError('INTERNAL', `The access to ${name} could not be read.`, {
    fix: 'Look into the dashboard’s own log.',
    detail: error instanceof Error ? error.message : String(error),
    cause: error,
  })
}
