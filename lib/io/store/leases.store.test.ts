import { afterEach, expect, test, vi } from 'vitest'
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
  const connectionString = await createTestDatabase()
  return { one: openLeases(connectionString), other: openLeases(connectionString), connectionString }
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

test('a process that ends leaves its leases to the others at once', async () => {
  const { one, other } = await twoProcesses()
  await one.take('pair 1')
  await one.close()
  expect((await other.take('pair 1'))?.isHeld()).toBe(true)
})

test('a lease is renewed for as long as its process lives', async () => {
  const { one, other } = await twoProcesses()
  const lease = await one.take('pair 1')
  const since = performance.now()
  while (performance.now() - since < 4_500) expect(await other.take('pair 1')).toBeNull()
  expect(lease?.isHeld()).toBe(true)
})

test('a connection that is cut is opened again in time, and the lease stays', async () => {
  const { one, other, connectionString } = await twoProcesses()
  const lease = await one.take('pair 1')
  await query(
    connectionString,
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'leases of a test'`,
  )
  const since = performance.now()
  while (performance.now() - since < 4_500) expect(await other.take('pair 1').catch(() => null)).toBeNull()
  expect(lease?.isHeld()).toBe(true)
})

test('one that was not renewed in time is taken by another, with a higher fence; its own process knows it is lost', async () => {
  const { one, other, connectionString } = await twoProcesses()
  const lease = await one.take('pair 1')
  await query(connectionString, `update leases set expires_at = now() - interval '1 second'`)
  const taken = await other.take('pair 1')
  expect(taken?.fence).toBeGreaterThan(lease?.fence ?? Number.NaN)
  await vi.waitFor(() => expect(lease?.isHeld()).toBe(false), { timeout: 3_000 })
  expect(await one.take('pair 1')).toBeNull()
  await lease?.release()
  expect(taken?.isHeld()).toBe(true)
  expect(await one.take('pair 1')).toBeNull()
})

test('leases of names that nobody asks for any more are forgotten after a day', async () => {
  const { one, connectionString } = await twoProcesses()
  await query(connectionString, `insert into leases values ('gone', 0, now() - interval '25 hours')`)
  await one.take('pair 1')
  expect(await query(connectionString, 'select name from leases')).toEqual([{ name: 'pair 1' }])
})

test('without a store there is an error, not a lease', async () => {
  const leases = openLeases('postgresql://nobody@127.0.0.1:1/none')
  await expect(leases.take('pair 1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
})
