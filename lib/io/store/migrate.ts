import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { AppError } from '@/lib/errors'
import { toStoreError } from '@/lib/io/store/store-error'

/** Any number that nobody else locks in this database: "understudy" by eye. */
const migrationLock = 8_633_7883
const oldestServer = 140_000

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url))

/**
 * Brings the database to this version's schema. Any number of processes may call it at once: they queue on an advisory
 * lock. Throws STORE_UNAVAILABLE, STORE_FULL, and PRECONDITION_FAILED for a server older than 14.
 */
export async function migrateStore(connectionString: string): Promise<void> {
  const client = new pg.Client({
    connectionString,
    application_name: 'understudy migrate',
    connectionTimeoutMillis: 10_000,
  })
  // Without a listener a connection lost between two statements would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await refuseOldServer(client)
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    await migrate(drizzle(client), {
      migrationsFolder,
      migrationsSchema: 'public',
      migrationsTable: 'migrations',
    })
  } catch (error) {
    throw toStoreError(error)
  } finally {
    // Ends the session, and with it the lock.
    await client.end().catch(() => undefined)
  }
}

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
