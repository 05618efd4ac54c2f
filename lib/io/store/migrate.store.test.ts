import { expect, test } from 'vitest'
import { migrateStore } from '@/lib/io/store/migrate'
import { createTestDatabase } from '@/test/harness/store'
import { query } from '@/test/harness/store-cluster'

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
