import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { AppError } from '@/lib/errors'
import { toStoreError, waitedTooLongForLock } from '@/lib/io/store/store-error'

/** Any number that nobody else locks in this database: "understudy" by eye. */
export const migrationLock = 8_633_7883
const oldestServer = 140_000
const longestWaitMs = 60_000

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url))

type MigrateOptions = {
  /** One line for the operator when another process has to be waited for. */
  readonly say?: (line: string) => void
  /** Breaks it off; what was begun is not kept. */
  readonly signal?: AbortSignal
  /** How long it waits for a lock that another session holds. */
  readonly lockTimeoutMs?: number
}

/**
 * Brings the database to this version's schema. Any number of processes may call it at once: they queue on an advisory
 * lock. Throws STORE_UNAVAILABLE, STORE_FULL, CANCELLED, and PRECONDITION_FAILED for a server older than 14.
 */
export async function migrateStore(
  connectionString: string,
  { say, signal, lockTimeoutMs = longestWaitMs }: MigrateOptions = {},
): Promise<void> {
  const client = new pg.Client({
    connectionString,
    application_name: 'understudy migrate',
    connectionTimeoutMillis: 10_000,
  })
  // Without a listener a connection lost between two statements would end the process.
  client.on('error', () => undefined)
  // Ends a statement that waits too; the server takes back what was not committed.
  const breakOff = () => {
    client.end().catch(() => undefined)
  }
  signal?.addEventListener('abort', breakOff, { once: true })
  try {
    signal?.throwIfAborted()
    await client.connect()
    await refuseOldServer(client)
    await client.query("select set_config('lock_timeout', $1, false)", [`${lockTimeoutMs}ms`])
    await takeLock(client, say)
    await migrate(drizzle(client), {
      migrationsFolder,
      migrationsSchema: 'public',
      migrationsTable: 'migrations',
    })
  } catch (error) {
    if (signal?.aborted)
      throw new AppError('CANCELLED', 'Stopped while the store was brought to this version.')
    if (waitedTooLongForLock(error)) throw heldByAnother(lockTimeoutMs, error)
    throw toStoreError(error)
  } finally {
    signal?.removeEventListener('abort', breakOff)
    // Ends the session, and with it the lock.
    await client.end().catch(() => undefined)
  }
}

async function takeLock(client: pg.Client, say: MigrateOptions['say']): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
    migrationLock,
  ])
  if (rows[0]?.taken) return
  say?.('Another process is bringing the store to its version; waiting for it …')
  await client.query('select pg_advisory_lock($1)', [migrationLock])
}

const heldByAnother = (waitedMs: number, cause: unknown) =>
  new AppError(
    'STORE_UNAVAILABLE',
    `The store could not be brought to this version: another session held a lock on it for ${waitedMs / 1000} s.`,
    {
      fix: 'Start again when the other start has ended; if there is none, pg_stat_activity of the store’s database names who is connected.',
      cause,
    },
  )

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    "select current_setting('server_version_num')::int as version",
  )
  const version = rows[0]?.version ?? 0
  if (version < oldestServer)
    throw new AppError(
      'PRECONDITION_FAILED',
      `Understudy’s own database is PostgreSQL ${Math.floor(version / 10_000)}; it needs 14 or newer.`,
      { fix: 'Give DATABASE_URL of a newer server, or leave it out to use the embedded one.' },
    )
}
