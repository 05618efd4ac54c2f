import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { query } from '@/test/harness/store-cluster'
import { insertPair, newHost, newOperation, newPair } from '@/test/harness/store-fixtures'

let at: TestStore
beforeAll(async () => {
  at = await createTestStore()
})
afterAll(() => at.close())

test('a host comes back as it was registered, without its secret', async () => {
  const { secret, ...given } = newHost({ address: 'fd00::1', port: 2222, privilege: 'unprivileged' })
  const made = await at.store.hosts.insert({ ...given, secret })
  expect(made).toEqual({ ...given, id: expect.any(String), accessRevision: 1 })
  expect(await at.store.hosts.find(made.id)).toEqual(made)
  expect(await at.store.hosts.list()).toContainEqual(made)
})

test('the secret opens again, and its clear text is nowhere in the store', async () => {
  const secret = { privateKey: 'KEY-0x9f', passphrase: 'PHRASE-0x9f', password: 'WORD-0x9f' }
  const host = await at.store.hosts.insert(newHost({ secret }))
  expect(await at.store.hosts.secret(host.id)).toEqual(secret)
  expect(JSON.stringify(await query(at.connectionString, 'select * from hosts'))).not.toContain('0x9f')
})

test('a secret moved to another host’s row is refused', async () => {
  const [one, other] = [await at.store.hosts.insert(newHost()), await at.store.hosts.insert(newHost())]
  await query(
    at.connectionString,
    `update hosts set secret = (select secret from hosts where id = '${one.id}') where id = '${other.id}'`,
  )
  await expect(at.store.hosts.secret(other.id)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' })
})

test.for(['name', 'address', 'machineId'] as const)(
  'a taken %s is a conflict that names its field',
  async (what) => {
    const one = newHost()
    await at.store.hosts.insert(one)
    await expect(at.store.hosts.insert({ ...newHost(), [what]: one[what] })).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { [what === 'name' ? 'name' : 'address']: expect.any(String) },
    })
  },
)

test('the same address with another port is another host', async () => {
  const one = newHost()
  await at.store.hosts.insert(one)
  await expect(at.store.hosts.insert(newHost({ address: one.address, port: 2222 }))).resolves.toBeDefined()
})

test('a conflict inside a transaction leaves the rest of it usable', async () => {
  const taken = newHost()
  await at.store.hosts.insert(taken)
  const kept = await at.store.transaction(async (repositories) => {
    await repositories.hosts.insert({ ...newHost(), name: taken.name }).catch(() => undefined)
    return repositories.hosts.insert(newHost())
  })
  expect(await at.store.hosts.find(kept.id)).toEqual(kept)
})

test('a host of a pair can’t be removed, a free one can', async () => {
  const pair = await insertPair(at.store)
  await expect(at.store.hosts.remove(pair.hosts.standby)).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(await at.store.hosts.find(pair.hosts.standby)).not.toBeNull()
  await at.store.pairs.remove(pair.id)
  await at.store.hosts.remove(pair.hosts.standby)
  expect(await at.store.hosts.find(pair.hosts.standby)).toBeNull()
})

test('a confirmed host key replaces the old one', async () => {
  const host = await at.store.hosts.insert(newHost())
  await at.store.hosts.setHostKey(host.id, 'ssh-ed25519 BBBB', 'SHA256:new')
  expect(await at.store.hosts.find(host.id)).toEqual({
    ...host,
    hostKey: 'ssh-ed25519 BBBB',
    hostKeyFingerprint: 'SHA256:new',
    accessRevision: 2,
  })
})

/** Another user with another key, at another address. */
const anAccess = () => {
  const { address, port } = newHost({ port: 2222 })
  const secret = { privateKey: 'KEY-0x8e', passphrase: null, password: null }
  return {
    address,
    port,
    user: 'ops',
    authKind: 'key',
    privilege: 'sudo',
    home: '/home/ops',
    secret,
  } as const
}

test('another access takes the place of the old one, secret and all, with the next revision', async () => {
  const host = await at.store.hosts.insert(
    newHost({ authKind: 'password', secret: { privateKey: null, passphrase: null, password: 'WORD-0x8e' } }),
  )
  const { secret, ...access } = anAccess()
  const changed = await at.store.hosts.setAccess(host.id, { ...access, secret })
  expect(changed).toEqual({ ...host, ...access, accessRevision: 2 })
  expect(await at.store.hosts.find(host.id)).toEqual(changed)
  expect(await at.store.hosts.secret(host.id)).toEqual(secret)
  expect(JSON.stringify(await query(at.connectionString, 'select * from hosts'))).not.toContain('0x8e')
})

test('the address of another host is refused, and nothing of the access is changed', async () => {
  const [one, other] = [await at.store.hosts.insert(newHost()), await at.store.hosts.insert(newHost())]
  const { address, port } = other
  await expect(at.store.hosts.setAccess(one.id, { ...anAccess(), address, port })).rejects.toMatchObject({
    code: 'CONFLICT',
    fields: { address: expect.any(String) },
  })
  expect(await at.store.hosts.find(one.id)).toEqual(one)
})

test('while a host is locked no operation begins on its pair and no new pair takes it: each waits for the end', async () => {
  const [pair, free] = [await insertPair(at.store), await at.store.hosts.insert(newHost())]
  const other = await at.store.hosts.insert(newHost())
  const order: string[] = []
  let waiting: Promise<unknown> = Promise.resolve()
  await at.store.transaction(async ({ hosts }) => {
    expect(await hosts.lock(pair.hosts.standby)).toMatchObject({ id: pair.hosts.standby })
    expect(await hosts.lock(free.id)).toEqual(free)
    const note = (what: string) => () => order.push(what)
    waiting = Promise.all([
      at.store.operations.insert(newOperation(pair)).then(note('an operation')),
      at.store.pairs.insert(newPair(free, other)).then(note('a pair')),
    ])
    // Both are seen by the server itself to wait for a lock.
    const blocked = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    while ((await query(at.connectionString, blocked)).length < 2);
    order.push('the end')
  })
  await waiting
  expect(order).toEqual(['the end', expect.any(String), expect.any(String)])
  expect(await at.store.hosts.lock('00000000-0000-4000-8000-000000000000')).toBeNull()
})

test.for(['no-uuid', "'; drop table hosts; --", '00000000-0000-4000-8000-000000000000'])(
  'the id %s is not found, never a failed statement',
  async (id) => {
    expect(await at.store.hosts.find(id)).toBeNull()
    const { hosts } = at.store
    await expect(hosts.secret(id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(hosts.remove(id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(hosts.setHostKey(id, 'k', 'f')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(hosts.setAccess(id, anAccess())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await hosts.lock(id)).toBeNull()
  },
)
