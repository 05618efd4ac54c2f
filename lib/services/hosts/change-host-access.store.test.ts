import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Host } from '@/lib/domain/host'
import type { OperationEvent } from '@/lib/domain/operation'
import type { Pair } from '@/lib/domain/pair'
import { changeHostAccess } from '@/lib/services/hosts/change-host-access'
import { registerHost } from '@/lib/services/hosts/register-host'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'
import { systemClock } from '@/lib/time'
import { planOf } from '@/test/harness/operation-events'
import { createTestGround, type TestGround, type TestMachine, testMachine } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { anObservation, aVerdict, newHost, newOperation, newPair } from '@/test/harness/store-fixtures'

let at: TestStore
let web: TestGround
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, systemClock)
})
afterAll(() => at.close())
beforeEach(() => {
  web.attempts.length = 0
  web.dropped.length = 0
})

const newestAudit = async () => (await at.store.audit.list({ limit: 1 }))[0]

let count = 0
type Registered = { readonly host: Host; readonly machine: TestMachine }

/** A host that is signed in to with the password of its machine, which has just been changed there. */
async function aRotatedHost(tested: Partial<TestMachine['tested']> = {}): Promise<Registered> {
  count += 1
  const letter = String.fromCharCode(64 + count)
  const machine = testMachine(letter, { tested: { ...testMachine(letter).tested, ...tested } })
  const address = `10.8.0.${count}`
  web.machines.set(`${address}:22`, machine)
  const { fingerprint, password } = machine
  const auth = { kind: 'password', password }
  const input = { name: `db-${letter}`, address, port: 22, user: 'operator', fingerprint, auth }
  const host = await registerHost(web.as('administrator'), input)
  machine.password = `rotated ${letter}`
  web.attempts.length = 0
  return { host, machine }
}

/** As it is, with what the machine’s password is now. */
const inputOf = ({ host, machine }: Registered, over: object = {}) => {
  const { address, port, user, id } = host
  const auth = { kind: 'password', password: machine.password }
  return { hostId: id, address, port, user, auth, ...over }
}
const change = (input: unknown) => changeHostAccess(web.as('administrator'), input)

/** The pair of this host and of another one. */
const pairWith = async ({ host }: Registered, over: Partial<Pair> = {}) =>
  at.store.pairs.insert(newPair(host, await at.store.hosts.insert(newHost()), { isPaired: true, ...over }))

async function anOperationOf(pair: Pair, ...events: readonly OperationEvent[]) {
  const operation = await at.store.operations.insert(newOperation(pair))
  for (const event of events) await at.store.operations.append(operation.id, event)
  return operation
}
const started: OperationEvent = { type: 'operation.started', mode: 'run' }
const failed: OperationEvent = {
  type: 'operation.failed',
  error: { code: 'HOST_AUTH_FAILED', message: 'It does not accept this password.', fix: 'Correct it.' },
}

test('a rotated password takes the place of the old one once the host was signed in to with it, and no connection stays', async () => {
  const given = await aRotatedHost()
  const { host, notes } = await change(inputOf(given))
  expect(host).toEqual({ ...given.host, accessRevision: 2 })
  expect(notes).toEqual([])
  expect(web.attempts).toEqual([expect.objectContaining({ hostKey: given.machine.hostKey })])
  expect(await at.store.hosts.secret(host.id)).toMatchObject({ password: given.machine.password })
  expect(web.dropped).toEqual([host.id])
  const row = await newestAudit()
  expect(row).toMatchObject({ action: 'host.change-access', subject: host.name, outcome: 'done' })
  expect(row?.detail).toBe(
    `operator@${host.address}:22 by password before, operator@${host.address}:22 by password now, another password`,
  )
  expect(JSON.stringify(row)).not.toContain(given.machine.password)
})

test('a wrong secret, or another machine, changes nothing; each attempt is written without the secret', async () => {
  const given = await aRotatedHost()
  const kept = await at.store.hosts.secret(given.host.id)
  const wrong = { kind: 'password', password: 'not-the-pass-word' }
  await expect(change(inputOf(given, { auth: wrong }))).rejects.toMatchObject({ code: 'HOST_AUTH_FAILED' })
  expect(await newestAudit()).toMatchObject({ action: 'host.change-access', outcome: 'refused' })
  given.machine.tested = { ...given.machine.tested, machineId: 'f'.repeat(32) }
  await expect(change(inputOf(given))).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('is another machine'),
  })
  expect(await at.store.hosts.find(given.host.id)).toEqual(given.host)
  expect(await at.store.hosts.secret(given.host.id)).toEqual(kept)
  expect(web.dropped).toEqual([])
  const rows = JSON.stringify(await at.store.audit.list({ limit: 10 }))
  for (const secret of ['not-the-pass-word', given.machine.password]) expect(rows).not.toContain(secret)
})

test('another address is taken where the same machine answers there with the pinned key, which any sign-in is bound to', async () => {
  const given = await aRotatedHost()
  const { machine, host } = given
  web.machines.set('10.8.9.1:2222', machine)
  const moved = inputOf(given, { address: '10.8.9.1', port: '2222' })
  expect((await change(moved)).host).toEqual({
    ...host,
    address: '10.8.9.1',
    port: 2222,
    accessRevision: 2,
  })
  const other = await aRotatedHost()
  web.attempts.length = 0
  await expect(change({ ...moved, address: other.host.address, port: 22 })).rejects.toMatchObject({
    code: 'HOST_KEY_CHANGED',
  })
  expect(web.attempts).toEqual([])
  await expect(change({ ...moved, address: 'db.example.org' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    fields: { address: expect.stringContaining('not a host name') },
  })
})

test('the address of another registered host is refused with its field', async () => {
  const given = await aRotatedHost()
  const taken = await at.store.hosts.insert(newHost())
  web.machines.set(`${taken.address}:22`, given.machine)
  await expect(change(inputOf(given, { address: taken.address }))).rejects.toMatchObject({
    code: 'CONFLICT',
    fields: { address: expect.any(String) },
  })
})

test('without another secret the one that is kept is tried; without any change nothing is', async () => {
  const given = await aRotatedHost()
  given.machine.password = `password of ${given.host.name.slice(-1)}`
  web.machines.set(`${given.host.address}:2222`, given.machine)
  await expect(change(inputOf(given, { auth: null }))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  expect(web.attempts).toEqual([])
  const { host } = await change(inputOf(given, { port: 2222, auth: null }))
  expect(host).toMatchObject({ port: 2222, authKind: 'password' })
  expect(await at.store.hosts.secret(host.id)).toMatchObject({ password: given.machine.password })
  expect((await newestAudit())?.detail).not.toContain('another')
})

test('another user has what was found of it; the pair that rests on root’s files needs its rights anew', async () => {
  const given = await aRotatedHost({ privilege: 'sudo', home: '/home/operator' })
  const pair = await pairWith(given)
  given.machine.tested = { ...given.machine.tested, privilege: 'unprivileged', home: '/home/ops' }
  const { host, notes } = await change(inputOf(given, { user: 'ops' }))
  expect(host).toMatchObject({ user: 'ops', privilege: 'sudo', home: '/home/ops' })
  expect(notes).toEqual([
    expect.stringContaining(`understudy hosts sudoers ${host.name} --pair ${pair.slug}`),
    expect.stringContaining('leave that user its line in authorized_keys'),
  ])
})

test('a host whose user owns the pair’s files keeps that user, and its password can be changed', async () => {
  const given = await aRotatedHost({ privilege: 'unprivileged', home: '/home/operator' })
  await pairWith(given)
  await expect(change(inputOf(given, { user: 'ops' }))).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' })
  expect(await at.store.hosts.find(given.host.id)).toEqual(given.host)
  expect((await change(inputOf(given))).host).toMatchObject({ privilege: 'unprivileged', accessRevision: 2 })
})

test('an operation at work closes the access of its hosts, and nothing is sent to them', async () => {
  const given = await aRotatedHost()
  const pair = await pairWith(given)
  const { id } = await anOperationOf(pair)
  for (const event of [null, started]) {
    if (event) await at.store.operations.append(id, event)
    await expect(change(inputOf(given))).rejects.toMatchObject({
      code: 'PAIR_BUSY',
      message: `The create operation of ${pair.slug} is at work: let it end, or cancel it first.`,
    })
  }
  expect(web.attempts).toEqual([])
  expect(await newestAudit()).toMatchObject({ action: 'host.change-access', outcome: 'refused' })
})

test('an operation that failed for a rotated password can go on: the password is open, user, address and port are not', async () => {
  const given = await aRotatedHost()
  const pair = await pairWith(given)
  const { id } = await anOperationOf(pair, started, failed)
  for (const over of [{ user: 'root' }, { port: 2222 }, { address: '10.8.9.9' }])
    await expect(change(inputOf(given, over))).rejects.toMatchObject({ code: 'PAIR_BUSY' })
  expect((await change(inputOf(given))).host).toMatchObject({ accessRevision: 2 })
  await at.store.operations.append(id, { type: 'operation.closed', why: 'done', by: 'ada' })
  web.machines.set(`${given.host.address}:2222`, given.machine)
  expect((await change(inputOf(given, { port: 2222 }))).host).toMatchObject({ port: 2222 })
})

test('what began while the host was being signed in to is seen: an operation, or another change', async () => {
  const given = await aRotatedHost()
  const pair = await pairWith(given)
  const meanwhile = (act: () => Promise<unknown>) => {
    const context = web.as('administrator')
    const access: typeof context.access = {
      ...context.access,
      testAccess: async (tried) => {
        await act()
        return context.access.testAccess(tried)
      },
    }
    return changeHostAccess({ ...context, access }, inputOf(given))
  }
  await expect(meanwhile(() => change(inputOf(given)))).rejects.toMatchObject({
    code: 'CONFLICT',
    message: `The access to ${given.host.name} was changed in the meantime.`,
  })
  await expect(meanwhile(() => anOperationOf(pair))).rejects.toMatchObject({ code: 'PAIR_BUSY' })
  expect(await at.store.hosts.find(given.host.id)).toMatchObject({ accessRevision: 2 })
})

test('an operation that was planned for another login is not started', async () => {
  const given = await aRotatedHost()
  const pair = await pairWith(given)
  await at.store.observations.put({
    pairId: pair.id,
    observation: { ...anObservation, at: new Date().toISOString() },
    verdict: { ...aVerdict, state: 'no-primary', readyForFailover: { ready: true } },
  })
  web.plan = planOf([])
  const context = web.as('administrator')
  const start = (act: () => Promise<unknown>) =>
    startPairOperation(
      {
        ...context,
        planners: {
          ...context.planners,
          planOnPair: async (ground) => {
            const plan = await context.planners.planOnPair(ground)
            await act()
            return plan
          },
        },
      },
      {
        operation: 'promote',
        slug: pair.slug,
        acknowledgement: '',
        reason: 'It is lost.',
        idempotencyKey: randomUUID(),
      },
    )
  await expect(start(() => change(inputOf(given, { user: 'ops' })))).rejects.toMatchObject({
    code: 'CONFLICT',
    message: `The access to ${given.host.name} was changed since the plan was made.`,
  })
  expect(await at.store.operations.current(pair.id)).toBeNull()
  await start(() => change(inputOf({ ...given, host: { ...given.host, user: 'ops' } })))
  expect(await at.store.operations.current(pair.id)).toMatchObject({ kind: 'promote' })
})
