import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { createKeyring } from '@/lib/io/secrets/keyring'
import { type OpenStore, openStore } from '@/lib/io/store/open-store'
import { type Clock, systemClock } from '@/lib/time'
import { freshDatabaseName, query, templateDatabase } from './store-cluster'

export type TestStore = {
  readonly store: OpenStore
  readonly connectionString: string
  /** Another store over the same database, as a second process would open it; closed with the first. */
  openAnother(): OpenStore
  close(): Promise<void>
}

/** libpq URL of a new database in the run's cluster: migrated, or empty. About 0.1 s. */
export async function createTestDatabase(kind: 'migrated' | 'empty' = 'migrated'): Promise<string> {
  const cluster = inject('storeCluster')
  const name = freshDatabaseName()
  await query(cluster, `create database ${name} ${kind === 'migrated' ? `template ${templateDatabase}` : ''}`)
  const url = new URL(cluster)
  url.pathname = `/${name}`
  // A copy of the template would be the same dashboard as every other copy.
  if (kind === 'migrated') await query(url.toString(), 'update dashboard set identity = gen_random_uuid()')
  return url.toString()
}

/** A store of its own over a new migrated database; call `close` in afterAll. For `*.store.test.ts` only. */
export async function createTestStore({ clock = systemClock }: { clock?: Clock } = {}): Promise<TestStore> {
  const connectionString = await createTestDatabase()
  const keyring = createKeyring([randomBytes(32)])
  const opened: OpenStore[] = []
  const open = () => {
    const store = openStore({ connectionString, keyring, clock })
    opened.push(store)
    return store
  }
  return {
    store: open(),
    connectionString,
    openAnother: open,
    close: async () => {
      await Promise.all(opened.map((store) => store.close()))
      const name = new URL(connectionString).pathname.slice(1)
      await query(inject('storeCluster'), `drop database ${name} with (force)`)
    },
  }
}
