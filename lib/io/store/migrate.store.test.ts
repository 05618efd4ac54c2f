import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { migrateStore, migrationLock } from '@/lib/io/store/migrate'
import { createTestDatabase } from '@/test/harness/store'
import { query } from '@/test/harness/store-cluster'

/** A session that holds what migrations queue on, as one that hangs. */
async function holdLock(connectionString: string): Promise<pg.Client> {
  const holder = new pg.Client({ connectionString })
  await holder.connect()
  await holder.query('select pg_advisory_lock($1)', [migrationLock])
  return holder
}

test('four migrations at once all succeed, and each change is made once', async () => {
  const database = await createTestDatabase('empty')
  await Promise.all(Array.from({ length: 4 }, () => migrateStore(database)))
  const made = await query(database, 'select hash from migrations')
  expect(new Set(made.map((row) => JSON.stringify(row))).size).toBe(made.length)
  expect(await query(database, "select to_regclass('operations') is not null as there")).toEqual([
    { there: true },
  ])
})

test('a migration of a migrated database changes nothing', async () => {
  const database = await createTestDatabase()
  const before = await query(database, 'select * from migrations')
  await migrateStore(database)
  expect(await query(database, 'select * from migrations')).toEqual(before)
})

test('a server that is not there is STORE_UNAVAILABLE', async () => {
  await expect(migrateStore('postgresql://u@localhost/x?host=%2Fnonexistent')).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  })
})

test('one that has to wait says so, and gives up with a sentence when it waits too long; nothing is changed', async () => {
  const database = await createTestDatabase('empty')
  const holder = await holdLock(database)
  const said: string[] = []
  const say = (line: string) => said.push(line)
  await expect(migrateStore(database, { say, lockTimeoutMs: 100 })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: 'The store could not be brought to this version: another session held a lock on it for 0.1 s.',
  })
  expect(said).toEqual(['Another process is bringing the store to its version; waiting for it …'])
  expect(await query(database, "select to_regclass('operations') is null as absent")).toEqual([
    { absent: true },
  ])
  await holder.end()
  await migrateStore(database)
})

test('one that waits is broken off when it is asked to stop', async () => {
  const database = await createTestDatabase('empty')
  const holder = await holdLock(database)
  const stopping = new AbortController()
  const refused = expect(migrateStore(database, { signal: stopping.signal })).rejects.toMatchObject({
    code: 'CANCELLED',
  })
  const waits = `select 1 as one from pg_locks join pg_database on oid = database
    where locktype = 'advisory' and not granted and datname = current_database()`
  await vi.waitFor(async () => expect(await query(database, waits)).toEqual([{ one: 1 }]))
  stopping.abort()
  await refused
  await holder.end()
})
