import { afterEach, expect, test } from 'vitest'
import { createLeases } from '@/lib/io/store/leases'
import type { Leases } from '@/lib/ports/leases'
import { createTestDatabase } from '@/test/harness/store'
import { query } from '@/test/harness/store-cluster'

const opened: Leases[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((leases) => leases.close()))
})

function openLeases(connectionString: string): Leases {
  const leases = createLeases({
    connectionString,
    applicationName: 'leases of a test',
    onError: () => undefined,
  })
  opened.push(leases)
  return leases
}

async function twoProcesses() {
  const connectionString = await createTestDatabase('empty')
  return { one: openLeases(connectionString), other: openLeases(connectionString), connectionString }
}

/** Asks again until it is given, as a watch does. */
async function awaitLease(leases: Leases, name: string) {
  for (;;) {
    const lease = await leases.take(name)
    if (lease) return lease
  }
}

test('a name is held by one process at a time, different names by different ones', async () => {
  const { one, other } = await twoProcesses()
  const lease = await one.take('pair 1')
  expect(lease?.isHeld()).toBe(true)
  expect(await other.take('pair 1')).toBeNull()
  expect(await one.take('pair 1')).toBeNull()
  expect((await other.take('pair 2'))?.isHeld()).toBe(true)
})

test('what is released can be taken by another', async () => {
  const { one, other } = await twoProcesses()
  const lease = await one.take('pair 1')
  await lease?.release()
  await lease?.release()
  expect(lease?.isHeld()).toBe(false)
  expect((await other.take('pair 1'))?.isHeld()).toBe(true)
})

test('a process that goes away leaves its leases to the others', async () => {
  const { one, other } = await twoProcesses()
  await one.take('pair 1')
  await one.close()
  expect((await awaitLease(other, 'pair 1')).isHeld()).toBe(true)
})

test('a connection that is cut loses its leases, and knows it', async () => {
  const { one, other, connectionString } = await twoProcesses()
  const lease = await one.take('pair 1')
  await query(
    connectionString,
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
  )
  expect((await awaitLease(other, 'pair 1')).isHeld()).toBe(true)
  expect(await one.take('pair 1')).toBeNull()
  expect(lease?.isHeld()).toBe(false)
})

test('without a store there is an error, not a lease', async () => {
  const leases = openLeases('postgresql://nobody@127.0.0.1:1/none')
  await expect(leases.take('pair 1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
})
