import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { confirmHostKey } from '@/lib/services/hosts/confirm-host-key'
import { listHosts } from '@/lib/services/hosts/list-hosts'
import { readHostKey } from '@/lib/services/hosts/read-host-key'
import { readRegisteredHostKey } from '@/lib/services/hosts/read-registered-host-key'
import { registerHost } from '@/lib/services/hosts/register-host'
import { removeHost } from '@/lib/services/hosts/remove-host'
import { testHostAccess } from '@/lib/services/hosts/test-host-access'
import { testRegisteredHost } from '@/lib/services/hosts/test-registered-host'
import { systemClock } from '@/lib/time'
import { createTestGround, fingerprintOf, type TestGround, testMachine } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { newPair } from '@/test/harness/store-fixtures'

let at: TestStore
let web: TestGround
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, systemClock)
})
afterAll(() => at.close())
beforeEach(() => {
  web.attempts.length = 0
})

const newestAudit = async () => (await at.store.audit.list({ limit: 1 }))[0]

let count = 0
/** A machine at an address of its own, and what an operator types to register it. */
function aMachine(letter: string) {
  count += 1
  const machine = testMachine(letter)
  const address = `10.7.0.${count}`
  web.machines.set(`${address}:22`, machine)
  const input = {
    name: `host-${letter}`,
    address,
    port: 22,
    user: 'root',
    fingerprint: machine.fingerprint,
    auth: { kind: 'password', password: machine.password },
  }
  return { machine, address, input }
}

test('the first look at a machine sends nothing and tells its fingerprint', async () => {
  const { address } = aMachine('A')
  expect(await readHostKey(web.as('administrator'), { address, port: '22' })).toEqual({
    fingerprint: fingerprintOf('A'),
    pinnedFingerprint: null,
  })
  expect(web.attempts).toEqual([])
})

test.each(['host.example.org', 'localhost', '10.7.0', '10.7.0.256', ''])(
  'the name “%s” in place of an address is refused with the reason',
  async (address) => {
    await expect(readHostKey(web.as('administrator'), { address, port: 22 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      fields: { address: expect.stringContaining('not a host name') },
    })
  },
)

test('a machine that shows another key than the confirmed one gets no credential', async () => {
  const { input } = aMachine('B')
  const other = { ...input, fingerprint: fingerprintOf('X') }
  await expect(testHostAccess(web.as('administrator'), other)).rejects.toMatchObject({
    code: 'HOST_KEY_CHANGED',
    message: expect.stringContaining(fingerprintOf('B')),
  })
  await expect(registerHost(web.as('administrator'), other)).rejects.toMatchObject({
    code: 'HOST_KEY_CHANGED',
  })
  expect(web.attempts).toEqual([])
  expect(await newestAudit()).toMatchObject({ action: 'host.register', outcome: 'refused' })
})

test('access is tried with exactly the confirmed key and nothing is kept', async () => {
  const { input, machine } = aMachine('C')
  expect(await testHostAccess(web.as('administrator'), input)).toEqual({
    fingerprint: machine.fingerprint,
    hostname: 'machine-c',
    privilege: 'root',
    operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  })
  expect(web.attempts.map(({ hostKey }) => hostKey)).toEqual([machine.hostKey])
  expect((await at.store.hosts.list()).map(({ name }) => name)).not.toContain('host-C')
  expect(await newestAudit()).toMatchObject({ action: 'host.test', outcome: 'done' })
})

test('a wrong password is said to be so, and the attempt is written', async () => {
  const { input } = aMachine('D')
  const wrong = { ...input, auth: { kind: 'password', password: 'not it' } }
  await expect(testHostAccess(web.as('administrator'), wrong)).rejects.toMatchObject({
    code: 'HOST_AUTH_FAILED',
  })
  const row = await newestAudit()
  expect(row).toMatchObject({ action: 'host.test', outcome: 'refused', subject: `root@${input.address}:22` })
  expect(row?.detail).not.toContain('not it')
})

test('a registered host keeps key, machine and privilege; its secret is in the store alone', async () => {
  const { input, machine } = aMachine('E')
  const host = await registerHost(web.as('administrator'), input)
  expect(host).toMatchObject({
    name: 'host-E',
    hostKey: machine.hostKey,
    hostKeyFingerprint: machine.fingerprint,
    machineId: machine.tested.machineId,
    privilege: 'root',
  })
  expect(JSON.stringify(await listHosts(web.as('viewer')))).not.toContain(machine.password)
  expect((await at.store.hosts.secret(host.id)).password).toBe(machine.password)
  expect(await newestAudit()).toMatchObject({ action: 'host.register', outcome: 'done', subject: 'host-E' })
})

test('what a login may do is looked at again on request, and kept unless a pair rests on what it was', async () => {
  const { input, machine } = aMachine('R')
  const host = await registerHost(web.as('administrator'), input)
  const privilegeOf = async () => (await at.store.hosts.find(host.id))?.privilege
  machine.tested = { ...machine.tested, privilege: 'sudo' }
  await testRegisteredHost(web.as('administrator'), { hostId: host.id })
  expect(await privilegeOf()).toBe('sudo')
  expect(await newestAudit()).toMatchObject({ action: 'host.test', detail: 'root before, sudo now' })
  const other = await registerHost(web.as('administrator'), aMachine('S').input)
  const made = await at.store.pairs.insert(newPair(host, other, { isPaired: true }))
  machine.tested = { ...machine.tested, privilege: 'unprivileged' }
  expect(await testRegisteredHost(web.as('administrator'), { hostId: host.id })).toMatchObject({
    privilege: 'unprivileged',
  })
  expect(await privilegeOf()).toBe('sudo')
  await at.store.pairs.remove(made.id)
})

test('a registered host that refuses the sign-in says where its access is changed', async () => {
  const { input, machine } = aMachine('T')
  const { id } = await registerHost(web.as('administrator'), input)
  machine.password = 'rotated'
  await expect(testRegisteredHost(web.as('administrator'), { hostId: id })).rejects.toMatchObject({
    code: 'HOST_AUTH_FAILED',
    fix: expect.stringContaining('understudy hosts change-access host-T'),
  })
})

test('the same machine can’t be registered twice, whatever its name or address', async () => {
  const first = aMachine('F')
  await registerHost(web.as('administrator'), first.input)
  const again = aMachine('F')
  await expect(
    registerHost(web.as('administrator'), { ...again.input, name: 'another-name' }),
  ).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(await newestAudit()).toMatchObject({ action: 'host.register', outcome: 'refused' })
})

test('a changed key is shown as old and new, and pinned only as the operator saw both', async () => {
  const { input, address } = aMachine('G')
  const host = await registerHost(web.as('administrator'), input)
  web.machines.set(
    `${address}:22`,
    testMachine('G', { hostKey: 'ssh-ed25519 NEW', fingerprint: fingerprintOf('H') }),
  )
  const administrator = web.as('administrator')
  expect(await readRegisteredHostKey(administrator, { hostId: host.id })).toEqual({
    fingerprint: fingerprintOf('H'),
    pinnedFingerprint: fingerprintOf('G'),
  })
  const confirm = (oldFingerprint: string, newFingerprint: string) =>
    confirmHostKey(administrator, { hostId: host.id, oldFingerprint, newFingerprint })
  await expect(confirm(fingerprintOf('G'), fingerprintOf('I'))).rejects.toMatchObject({ code: 'CONFLICT' })
  await expect(confirm(fingerprintOf('I'), fingerprintOf('H'))).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(web.dropped).toEqual([])
  expect(await confirm(fingerprintOf('G'), fingerprintOf('H'))).toMatchObject({
    host: { hostKey: 'ssh-ed25519 NEW', hostKeyFingerprint: fingerprintOf('H') },
    notes: [],
  })
  expect(web.dropped).toEqual([host.id])
  expect(await newestAudit()).toMatchObject({
    action: 'host.confirm-key',
    detail: `${fingerprintOf('G')} replaced by ${fingerprintOf('H')}`,
  })
})

test('a host can be removed unless a pair uses it', async () => {
  const administrator = web.as('administrator')
  const one = await registerHost(administrator, aMachine('J').input)
  const two = await registerHost(administrator, aMachine('K').input)
  const pair = await at.store.pairs.insert(newPair(one, two))
  await expect(removeHost(administrator, { hostId: one.id })).rejects.toMatchObject({ code: 'CONFLICT' })
  await at.store.pairs.remove(pair.id)
  await removeHost(administrator, { hostId: one.id })
  expect(await at.store.hosts.find(one.id)).toBeNull()
  expect(await newestAudit()).toMatchObject({ action: 'host.remove', subject: 'host-J' })
  await expect(removeHost(administrator, { hostId: one.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test.each([
  ['a user name that is an option', { user: '-oProxyCommand=x' }, 'user'],
  ['a name with spaces', { name: 'a b' }, 'name'],
  ['a port out of range', { port: 70_000 }, 'port'],
  ['no key', { auth: { kind: 'key', privateKey: '' } }, 'auth.privateKey'],
])('%s is refused at its field', async (_name, change, field) => {
  const { input } = aMachine('L')
  await expect(registerHost(web.as('administrator'), { ...input, ...change })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    fields: { [field]: expect.any(String) },
  })
})
