import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import type { Keyring } from '@/lib/io/secrets/keyring'
import { createAttemptRepository } from '@/lib/io/store/attempt-repository'
import { createAuditRepository } from '@/lib/io/store/audit-repository'
import { authSchema } from '@/lib/io/store/auth-schema'
import { createDashboardRepository } from '@/lib/io/store/dashboard-repository'
import type { Database, StoreContext } from '@/lib/io/store/database'
import { createDraftRepository } from '@/lib/io/store/draft-repository'
import { createDrillRepository } from '@/lib/io/store/drill-repository'
import { createHostRepository } from '@/lib/io/store/host-repository'
import { ensureKeyCheck } from '@/lib/io/store/key-check'
import { createNotifications } from '@/lib/io/store/notifications'
import { createObservationRepository } from '@/lib/io/store/observation-repository'
import { createOperationRepository } from '@/lib/io/store/operation-repository'
import { createPackageDriftRepository } from '@/lib/io/store/package-drift-repository'
import { createPairRepository } from '@/lib/io/store/pair-repository'
import { createSetupCodeRepository } from '@/lib/io/store/setup-code-repository'
import { createShownPlanRepository } from '@/lib/io/store/shown-plan-repository'
import { classified, toStoreError } from '@/lib/io/store/store-error'
import { createUserRepository } from '@/lib/io/store/user-repository'
import type { Repositories, Store } from '@/lib/ports/store'
import { type Clock, toInstant } from '@/lib/time'

export type StoreOptions = {
  /** libpq URL; a socket directory as `?host=/path`. */
  readonly connectionString: string
  readonly keyring: Keyring
  readonly clock: Clock
  /** Seen in pg_stat_activity, e.g. `understudy worker`. */
  readonly applicationName?: string
  readonly poolMax?: number
  /** Told of connections lost in the background; they are replaced by themselves. */
  readonly onError?: (error: unknown) => void
}

export type OpenStore = Store & {
  /** What better-auth's drizzle adapter needs: the database and the tables of its models. */
  readonly auth: { readonly database: Database; readonly schema: typeof authSchema }
  /** Throws SECRET_UNREADABLE when this store was made with another master key than the keyring's. */
  ensureKeyCheck(): Promise<void>
  close(): Promise<void>
}

function createRepositories(db: Database, context: StoreContext): Repositories {
  return {
    hosts: classified(createHostRepository(db, context)),
    pairs: classified(createPairRepository(db, context)),
    operations: classified(createOperationRepository(db, context)),
    drills: classified(createDrillRepository(db)),
    packageDrifts: classified(createPackageDriftRepository(db)),
    observations: classified(createObservationRepository(db)),
    drafts: classified(createDraftRepository(db, context)),
    shownPlans: classified(createShownPlanRepository(db, context)),
    audit: classified(createAuditRepository(db, context)),
    users: classified(createUserRepository(db, context)),
    setupCode: classified(createSetupCodeRepository(db)),
    attempts: classified(createAttemptRepository(db, context)),
    dashboard: classified(createDashboardRepository(db)),
  }
}

/**
 * The store over a pool. Connects at first use, so it opens while the server is away too; every method throws
 * STORE_UNAVAILABLE or STORE_FULL then. The schema is `migrateStore`'s business.
 */
export function openStore(options: StoreOptions): OpenStore {
  const { connectionString, keyring, clock, applicationName = 'understudy', poolMax = 10 } = options
  const onError = options.onError ?? (() => undefined)
  const connection = {
    connectionString,
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  }
  const pool = new pg.Pool({
    ...connection,
    max: poolMax,
    statement_timeout: 30_000,
    // A process that freezes within a transaction must not keep its rows from the others.
    idle_in_transaction_session_timeout: 10_000,
  })
  pool.on('error', onError)
  // A connection that is lost while it is in use tells its own listeners, and without one the process would end.
  pool.on('connect', (client) => client.on('error', onError))
  const db = drizzle(pool)
  const notifications = createNotifications({
    makeClient: () => new pg.Client({ ...connection, query_timeout: 5_000 }),
    onError,
  })

  return {
    ...createRepositories(db, { keyring, clock }),
    transaction: async (body) => {
      try {
        return await db.transaction((nested) => body(createRepositories(nested, { keyring, clock })))
      } catch (error) {
        throw toStoreError(error)
      }
    },
    listen: notifications.listen,
    startedAt: toInstant(clock.now()),
    auth: { database: db, schema: authSchema },
    ensureKeyCheck: () =>
      ensureKeyCheck(db, keyring).catch((error: unknown) => {
        throw toStoreError(error)
      }),
    close: async () => {
      await notifications.close()
      await pool.end()
    },
  }
}
