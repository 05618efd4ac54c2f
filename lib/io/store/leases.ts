import { createHash } from 'node:crypto'
import pg from 'pg'
import { toStoreError } from '@/lib/io/store/store-error'
import type { Lease, Leases } from '@/lib/ports/leases'

export type LeasesOptions = {
  /** libpq URL, as of the store. */
  readonly connectionString: string
  /** Seen in pg_stat_activity. */
  readonly applicationName: string
  /** Told of a connection that was lost; the next `take` opens a new one. */
  readonly onError: (error: unknown) => void
}

/** First 8 bytes of SHA-256 as PostgreSQL's bigint: names don't share a lock, nor with the store's other locks. */
const lockKey = (name: string): string =>
  createHash('sha256').update(`understudy lease ${name}`).digest().readBigInt64BE(0).toString()

/**
 * Leases as advisory locks of one session of their own: PostgreSQL lets go of them when the process dies, however it
 * dies, and a session that is lost loses them all at once. A name that this process holds is not given a second time.
 */
export function createLeases(options: LeasesOptions): Leases {
  const held = new Map<string, object>()
  let client: Promise<pg.Client> | null = null

  const connect = async (): Promise<pg.Client> => {
    const { connectionString, applicationName } = options
    const opened = new pg.Client({
      connectionString,
      application_name: applicationName,
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
      keepAlive: true,
    })
    opened.on('error', options.onError)
    opened.once('end', () => {
      held.clear()
      client = null
    })
    await opened.connect()
    return opened
  }
  const session = (): Promise<pg.Client> => {
    client ??= connect().catch((error: unknown) => {
      client = null
      throw error
    })
    return client
  }
  const query = async (text: string, name: string) => {
    try {
      return await (await session()).query<{ got: boolean }>(text, [lockKey(name)])
    } catch (error) {
      throw toStoreError(error)
    }
  }
  const hold = (name: string): Lease => {
    const token = {}
    held.set(name, token)
    const isHeld = () => held.get(name) === token
    return {
      isHeld,
      release: async () => {
        if (!isHeld()) return
        held.delete(name)
        await query('select pg_advisory_unlock($1) as got', name)
      },
    }
  }
  return {
    take: async (name) => {
      if (held.has(name)) return null
      const { rows } = await query('select pg_try_advisory_lock($1) as got', name)
      return rows[0]?.got ? hold(name) : null
    },
    close: async () => {
      const opened = await client?.catch(() => null)
      held.clear()
      await opened?.end()
    },
  }
}
