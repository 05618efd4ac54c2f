import type { ServerFacts } from '@/lib/domain/observation'
import { AppError, hasCode } from '@/lib/errors'
import { parseServerFacts, serverFactsSql } from '@/lib/facts/server-facts'
import type { DatabaseIdentity, DatabaseSession, DatabaseTarget, HostDoor } from '@/lib/ports/host-door'
import { bounded } from '@/lib/watch/bounded'

export type ServerPlace = Omit<DatabaseTarget, 'identity' | 'database'>

/** There is always one of this name, and every role may connect to it. */
const database = 'postgres'

/** The server gives up first, so that the session stays usable; the whole question ends later. */
const queryMs = 450

/**
 * Asks one server for its facts on a kept session. While a session is being opened, a look waits for it no longer than
 * for an answer: a server that hangs is found in time, and the opening goes on for the next look.
 */
export class ServerWatch {
  #session: DatabaseSession | null = null
  #opening: Promise<DatabaseSession> | null = null

  /** `readMonitorPassword` gives null before the monitoring role exists: then the database's owner is asked. */
  constructor(
    private readonly door: HostDoor,
    private readonly place: ServerPlace,
    private readonly readMonitorPassword: () => Promise<string | null>,
  ) {}

  /** Waits for the answer at most `timeoutMs`. Throws AppError HOST_* or POSTGRES_*. */
  async look(timeoutMs: number): Promise<ServerFacts> {
    return bounded(this.#ask(), timeoutMs, () => this.#tooLate())
  }

  /** A session that is only being opened is closed as soon as it is there; that is not waited for. */
  async close(): Promise<void> {
    const session = this.#session
    this.#session = null
    this.#opening?.then(
      (opened) => opened.close(),
      () => undefined,
    )
    await session?.close()
  }

  async #ask(): Promise<ServerFacts> {
    const kept = this.#session?.isOpen() ? this.#session : null
    if (!kept) return this.#query(await this.#open())
    try {
      return await this.#query(kept)
    } catch (error) {
      if (!hasCode(error, 'POSTGRES_QUERY_FAILED')) throw error
      // A session keeps the role that it signed in as: dropped and made anew meanwhile, it may ask nothing for ever.
      if (this.#session === kept) this.#session = null
      await kept.close()
      return this.#query(await this.#open())
    }
  }

  async #query(session: DatabaseSession): Promise<ServerFacts> {
    return parseServerFacts(await session.query(serverFactsSql.ask, [], { timeoutMs: queryMs }))
  }

  #open(): Promise<DatabaseSession> {
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = null
    })
    return this.#opening
  }

  async #connect(): Promise<DatabaseSession> {
    this.#session = null
    const session = await this.#signIn()
    try {
      await session.query(serverFactsSql.prepare)
    } catch (error) {
      // A server that refuses the question would be left with one more session by every look.
      await session.close()
      throw error
    }
    this.#session = session
    return session
  }

  async #signIn(): Promise<DatabaseSession> {
    const password = await this.readMonitorPassword()
    if (password === null) return this.#as({ as: 'owner' })
    try {
      return await this.#as({ as: 'monitor', password })
    } catch (error) {
      // The role comes with the base backup: before it, and on a host that was set up anew, only the owner can be asked.
      if (!hasCode(error, 'POSTGRES_AUTH_FAILED')) throw error
      return this.#as({ as: 'owner' })
    }
  }

  #as(identity: DatabaseIdentity): Promise<DatabaseSession> {
    return this.door.database({ ...this.place, database, identity })
  }

  #tooLate(): AppError {
    return new AppError('POSTGRES_TIMED_OUT', `PostgreSQL on ${this.door.hostName} did not answer in time.`, {
      fix: `Look at the load and the disks of ${this.door.hostName}, and whether PostgreSQL hangs there.`,
    })
  }
}
