import { afterAll, beforeAll, expect, test } from 'vitest'
import { aFound, aJob, anAdoption } from '@/test/harness/adoption'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { query } from '@/test/harness/store-cluster'
import { insertPair, newHost, newOperation, newPair } from '@/test/harness/store-fixtures'

let at: TestStore
beforeAll(async () => {
  at = await createTestStore()
})
afterAll(() => at.close())

const twoHosts = () => Promise.all([at.store.hosts.insert(newHost()), at.store.hosts.insert(newHost())])

test('a pair comes back as it was made, by id, by slug and in the list', async () => {
  const [primary, standby] = await twoHosts()
  const given = newPair(primary, standby, {
    settings: {
      walKeepSegments: 64,
      directories: [{ id: 'vault', title: 'Vault', path: '/srv/ü', log: 'vault.log', schedule: '* * * * *' }],
    },
  })
  const pair = await at.store.pairs.insert(given)
  expect(pair).toEqual({ ...given, id: expect.any(String) })
  expect(await at.store.pairs.find(pair.id)).toEqual(pair)
  expect(await at.store.pairs.findBySlug(pair.slug)).toEqual(pair)
  expect(await at.store.pairs.list()).toContainEqual(pair)
})

test('a taken slug is a conflict, and nothing of the refused pair is kept', async () => {
  const taken = await insertPair(at.store)
  const [primary, standby] = await twoHosts()
  await expect(at.store.pairs.insert(newPair(primary, standby, { slug: taken.slug }))).rejects.toMatchObject({
    code: 'CONFLICT',
    fields: { slug: expect.any(String) },
  })
  await expect(at.store.pairs.insert(newPair(primary, standby))).resolves.toBeDefined()
})

test('a host can’t be in two pairs, in whichever role', async () => {
  const pair = await insertPair(at.store)
  const used = await at.store.hosts.find(pair.hosts.primary)
  const [free] = await twoHosts()
  if (!used) throw new Error('the host is gone')
  for (const [primary, standby] of [[used, free] as const, [free, used] as const])
    await expect(at.store.pairs.insert(newPair(primary, standby))).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { hosts: expect.any(String) },
    })
})

test('two pairs that take the same host at once: one is made', async () => {
  const [one, two] = await twoHosts()
  const [three, four] = await twoHosts()
  const tried = await Promise.allSettled([
    at.store.pairs.insert(newPair(one, two)),
    at.store.pairs.insert(newPair(two, three)),
    at.store.pairs.insert(newPair(four, two)),
  ])
  expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('a host that is twice in a pair, or not registered, is refused', async () => {
  const [one] = await twoHosts()
  await expect(at.store.pairs.insert(newPair(one, one))).rejects.toMatchObject({ code: 'CONFLICT' })
  const ghost = { ...one, id: '00000000-0000-4000-8000-000000000000' }
  await expect(at.store.pairs.insert(newPair(one, ghost))).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('after a promotion the hosts’ roles swap', async () => {
  const pair = await insertPair(at.store)
  const hosts = { primary: pair.hosts.standby, standby: pair.hosts.primary }
  await at.store.pairs.update(pair.id, { hosts, formerPrimary: 'watched', isPaired: true })
  expect(await at.store.pairs.find(pair.id)).toEqual({
    ...pair,
    hosts,
    formerPrimary: 'watched',
    isPaired: true,
  })
})

test('what was found of a pair is kept with it, and gone once it is taken back', async () => {
  const adoption = anAdoption({ found: { ...aFound, jobs: [aJob] } })
  const pair = await insertPair(at.store, { isPaired: true, adoption })
  expect((await at.store.pairs.find(pair.id))?.adoption).toEqual(adoption)
  await at.store.pairs.update(pair.id, { adoption: { ...adoption, taken: ['replication'] } })
  expect((await at.store.pairs.findBySlug(pair.slug))?.adoption?.taken).toEqual(['replication'])
  await at.store.pairs.update(pair.id, { adoption: null })
  expect(await at.store.pairs.find(pair.id)).not.toHaveProperty('adoption')
})

test('secrets open by name, are replaced, and stand nowhere in clear text', async () => {
  const pair = await insertPair(at.store)
  expect(await at.store.pairs.secret(pair.id, 'monitor-password')).toBeNull()
  await at.store.pairs.setSecret(pair.id, 'monitor-password', 'first')
  await at.store.pairs.setSecret(pair.id, 'monitor-password', 'CLEAR-0x9f')
  await at.store.pairs.setSecret(pair.id, 'replication-password', 'other')
  expect(await at.store.pairs.secret(pair.id, 'monitor-password')).toBe('CLEAR-0x9f')
  expect(JSON.stringify(await query(at.connectionString, 'select * from pair_secrets'))).not.toContain('0x9f')
})

test('a secret under another name is refused', async () => {
  const pair = await insertPair(at.store)
  await at.store.pairs.setSecret(pair.id, 'monitor-password', 'first')
  await query(
    at.connectionString,
    `update pair_secrets set name = 'replication-password' where pair_id = '${pair.id}'`,
  )
  await expect(at.store.pairs.secret(pair.id, 'replication-password')).rejects.toMatchObject({
    code: 'SECRET_UNREADABLE',
  })
})

test('a pair that an operation holds can’t be removed; afterwards all that belongs to it goes with it', async () => {
  const pair = await insertPair(at.store)
  const operation = await at.store.operations.insert(newOperation(pair))
  await expect(at.store.pairs.remove(pair.id)).rejects.toMatchObject({ code: 'PAIR_BUSY' })
  await at.store.operations.append(operation.id, { type: 'operation.cancelled' })
  await at.store.operations.append(operation.id, { type: 'operation.closed', by: 'ada', why: 'not needed' })
  await at.store.pairs.setSecret(pair.id, 'monitor-password', 'x')
  await at.store.pairs.remove(pair.id)
  expect(await at.store.pairs.find(pair.id)).toBeNull()
  expect(await at.store.operations.find(operation.id)).toBeNull()
})

test('an id that is no uuid is not found, never a failed statement', async () => {
  expect(await at.store.pairs.find('x')).toBeNull()
  await expect(at.store.pairs.update('x', { isPaired: true })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(at.store.pairs.remove('x')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(at.store.pairs.setSecret('x', 'monitor-password', '')).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
})
