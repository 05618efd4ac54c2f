import { setTimeout as pause } from 'node:timers/promises'
import { inArray, lt, sql } from 'drizzle-orm'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { leaseFence, leases as table } from '@/lib/io/store/schema'
import { toStoreError } from '@/lib/io/store/store-error'
import type { Lease, Leases } from '@/lib/ports/leases'

export type LeasesOptions = {
  /** libpq URL, as of the store. */
  readonly connectionString: string
  /** Seen in pg_stat_activity. */
  readonly applicationName: string
  /** Told once of each time in which the leases can't be renewed; it goes on trying. */
  readonly onError: (error: unknown) => void
}

/** After this time without a renewal another process may take a lease. */
const lifeMs = 3_000
const renewalMs = 1_000

type Held = {
  readonly fence: number /** By this process's monotonic clock, which goes on while it stands still. */
  until: number
}

/**
 * Leases as rows with an end by the server's own clock, renewed each second. A process that dies or stands still loses them
 * after three seconds, and knows it as soon as it goes on: by its own clock the end was counted from before it asked.
 */
export function createLeases(options: LeasesOptions): Leases {
  const held = new Map<string, Held>()
  const ended = new AbortController()
  const connection = new LeaseConnection(options)
  const isHeld = (name: string, fence: number): boolean => {
    const found = held.get(name)
    return found?.fence === fence && performance.now() < found.until
  }
  const renewing = renew(held, connection, options.onError, ended.signal)

  return {
    take: async (name): Promise<Lease | null> => {
      const known = held.get(name)
      if (known && isHeld(name, known.fence)) return null
      const until = performance.now() + lifeMs
      const fence = await connection.take(name)
      if (fence === null) return null
      held.set(name, { fence, until })
      return {
        fence,
        isHeld: () => isHeld(name, fence),
        release: async () => {
          if (held.get(name)?.fence !== fence) return
          held.delete(name)
          await connection.release([fence])
        },
      }
    },
    close: async () => {
      ended.abort()
      await renewing
      const fences = [...held.values()].map(({ fence }) => fence)
      held.clear()
      // Without the store they run out by themselves.
      if (fences.length > 0) await connection.release(fences).catch(() => undefined)
      await connection.close()
    },
  }
}

/** Prolongs what is held, and forgets what another process has taken, until `signal` is aborted. */
async function renew(
  held: Map<string, Held>,
  connection: LeaseConnection,
  onError: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  let isFailing = false
  while (!signal.aborted) {
    await pause(renewalMs, undefined, { signal, ref: false }).catch(() => undefined)
    if (held.size === 0 || signal.aborted) continue
    const until = performance.now() + lifeMs
    const asked = [...held]
    try {
      const renewed = new Set(await connection.renew(asked.map(([, { fence }]) => fence)))
      for (const [name, lease] of asked) {
        if (renewed.has(lease.fence)) lease.until = until
        else if (held.get(name) === lease) held.delete(name)
      }
      isFailing = false
    } catch (error) {
      if (!isFailing) onError(error)
      isFailing = true
    }
  }
}

const endsAt = sql`clock_timestamp() + ${`${lifeMs} ms`}::interval`

type LeaseDatabase = NodePgDatabase<Record<string, never>>

/** One connection of its own, so that a busy pool delays no renewal; opened anew at the next use when it is lost. */
class LeaseConnection {
  readonly #options: LeasesOptions
  #client: Promise<pg.Client> | null = null

  constructor(options: LeasesOptions) {
    this.#options = options
  }

  /** The fence, null while another process has the name. */
  async take(name: string): Promise<number | null> {
    return this.#query(async (db) => {
      const [taken] = await db
        .insert(table)
        .values({ name, fence: sql`nextval(${leaseFence.seqName}::regclass)`, expiresAt: endsAt })
        .onConflictDoUpdate({
          target: table.name,
          set: { fence: sql`excluded.fence`, expiresAt: endsAt },
          setWhere: sql`${table.expiresAt} < clock_timestamp()`,
        })
        .returning({ fence: table.fence })
      if (!taken) return null
      // Of pairs that are gone.
      await db.delete(table).where(lt(table.expiresAt, sql`now() - interval '1 day'`))
      return taken.fence
    })
  }

  /** Those of the fences that still stand. */
  async renew(fences: readonly number[]): Promise<readonly number[]> {
    return this.#query(async (db) => {
      const renewed = await db
        .update(table)
        .set({ expiresAt: endsAt })
        .where(inArray(table.fence, [...fences]))
        .returning({ fence: table.fence })
      return renewed.map(({ fence }) => fence)
    })
  }

  async release(fences: readonly number[]): Promise<void> {
    await this.#query((db) => db.delete(table).where(inArray(table.fence, [...fences])))
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => null)
    await client?.end()
  }

  async #query<T>(ask: (db: LeaseDatabase) => Promise<T>): Promise<T> {
    this.#client ??= this.#connect()
    const used = this.#client
    try {
      return await ask(drizzle(await used))
    } catch (error) {
      // After a time-out an answer may still come: that connection is of no more use.
      if (this.#client === used) this.#client = null
      used.then((client) => client.end()).catch(() => undefined)
      throw toStoreError(error)
    }
  }

  async #connect(): Promise<pg.Client> {
    const { connectionString, applicationName } = this.#options
    const client = new pg.Client({
      connectionString,
      application_name: applicationName,
      connectionTimeoutMillis: lifeMs,
      query_timeout: lifeMs,
      keepAlive: true,
      // What a crash of the server forgets of a lease is over by then.
      options: '-c synchronous_commit=off',
    })
    // The next use says what is wrong.
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
}
