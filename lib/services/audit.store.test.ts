import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Host } from '@/lib/domain/host'
import { breakLockWords } from '@/lib/domain/host-lock'
import type { Pair } from '@/lib/domain/pair'
import type { AuditRow } from '@/lib/domain/views'
import { neededRights } from '@/lib/operations/rights/read-rights'
import type { ServiceContext } from '@/lib/services/context'
import { systemClock } from '@/lib/time'
import { anAdoption } from '@/test/harness/adoption'
import { plannedStep, planOf } from '@/test/harness/operation-events'
import { aPairPromotedByHand } from '@/test/harness/pair-promoted-by-hand'
import { ScriptedDoor } from '@/test/harness/scripted-door'
import { verbNames, verbOf } from '@/test/harness/service-verbs'
import { createTestGround, type TestGround, testMachine } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { anObservation, aVerdict, insertPair, newHost, newOperation } from '@/test/harness/store-fixtures'

let at: TestStore
let web: TestGround
let folder: string
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, systemClock)
  web.plan = planOf([plannedStep('one')])
  folder = mkdtempSync(join(tmpdir(), 'understudy-audit-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await at.close()
})

/** An input, and of what the row will speak. */
type Given = { readonly input: unknown; readonly subject: string; readonly context?: ServiceContext }

let count = 0
/** A machine that answers. */
function aMachine() {
  count += 1
  const address = `10.8.${Math.floor(count / 250)}.${(count % 250) + 1}`
  const machine = testMachine('K', {
    tested: { ...testMachine('K').tested, machineId: randomUUID().replaceAll('-', '') },
  })
  web.machines.set(`${address}:22`, machine)
  return { address, machine }
}

/** The same with the host that is registered for it. */
async function aHost() {
  const { address, machine } = aMachine()
  const { hostKey, fingerprint: hostKeyFingerprint, password, tested } = machine
  const secret = { privateKey: null, passphrase: null, password }
  const host = await at.store.hosts.insert(
    newHost({ address, hostKey, hostKeyFingerprint, secret, machineId: tested.machineId }),
  )
  return { host, address, machine }
}

async function createInput() {
  const [primary, standby] = [(await aHost()).host, (await aHost()).host]
  const slug = `made-${primary.name}`
  const settings = { walKeepSegments: 32, directories: [] }
  const scope = { database: true, files: false }
  const hosts = { primary: primary.id, standby: standby.id }
  const names = `${primary.name} and ${standby.name}`
  return { names, input: { slug, profileId: 'generic-debian', hosts, scope, settings } }
}

const start = () => ({ reason: 'It is wanted.', idempotencyKey: randomUUID() })

async function observedPair(state: 'no-primary' | 'two-primaries', over: Partial<Pair> = {}): Promise<Pair> {
  const pair = await insertPair(at.store, { isPaired: true, ...over })
  await at.store.observations.put({
    pairId: pair.id,
    observation: { ...anObservation, at: new Date().toISOString() },
    verdict: { ...aVerdict, state, readyForFailover: { ready: true } },
  })
  return pair
}
const toPromote = async (more: object = {}) =>
  ofSlug((await observedPair('no-primary')).slug, { operation: 'promote', ...more })
const toFence = async (more: object = {}) =>
  ofSlug((await observedPair('two-primaries', { formerPrimary: 'watched' })).slug, {
    operation: 'fence',
    ...more,
  })

function access() {
  const { address, machine } = aMachine()
  return {
    ...{ address, port: 22, user: 'root', fingerprint: machine.fingerprint },
    auth: { kind: 'password', password: machine.password },
  }
}

/** A pair of logins with sudo, and a door on which every command ends well and the rights are those that are needed. */
async function rights(): Promise<Given> {
  const { store } = at
  const sudo = { user: 'operator', privilege: 'sudo' } as const
  const [host, peer] = [await store.hosts.insert(newHost(sudo)), await store.hosts.insert(newHost(sudo))]
  const hosts = { primary: host.id, standby: peer.id }
  const scope = { database: false, files: true }
  const slug = `rights-${host.name}`
  const settings = { walKeepSegments: 32, directories: [] }
  const pair = await store.pairs.insert({
    ...{ slug, profileId: 'generic-debian', scope, settings, hosts },
    ...{ isPaired: true, formerPrimary: 'none' },
  })
  const profile = web.ground.profiles.get('generic-debian')
  if (!profile) throw new Error('the built-in profile')
  const door = new ScriptedDoor()
  const needed = await neededRights({ door, host, peer, pair, profile })
  const sum = (text: string) => createHash('sha256').update(text).digest('hex')
  door.onRun = () => `program ${sum(needed.program)}\nrights ${sum(needed.rights)}\npermitted yes\nend yes\n`
  const context = web.as('administrator')
  return {
    input: { hostId: host.id, slug },
    subject: host.name,
    context: { ...context, doors: { ...context.doors, door: () => door } },
  }
}

const aUser = async () => {
  count += 1
  const user = { name: 'Bo', email: `bo-${count}@example.org`, role: 'viewer' as const, password }
  return {
    user,
    made: (await (await verbOf('users/create-user'))(web.as('administrator'), user)) as { id: string },
  }
}
const password = 'correct horse battery'

/** Every verb that does something, or asks a host on somebody's request: what its row says, and how it comes to be done. */
const audited: Readonly<Record<string, readonly [action: string, given: () => Promise<Given>]>> = {
  'create/find-on-hosts': [
    'create.find',
    async () => {
      const { names, input } = await createInput()
      return { input, subject: names }
    },
  ],
  'create/check-create': ['create.check', async () => withSlug((await createInput()).input)],
  'create/plan-create': ['create.plan', async () => withSlug((await createInput()).input)],
  'create/start-create': [
    'pair.create',
    async () => withSlug({ ...(await createInput()).input, ...start() }),
  ],
  'hosts/break-host-lock': [
    'host.break-lock',
    async () => {
      const host = await at.store.hosts.insert(newHost({ privilege: 'unprivileged', home: folder }))
      const words = breakLockWords(host.name)
      return { subject: host.name, input: { hostId: host.id, operationId: null, words } }
    },
  ],
  'hosts/change-host-access': [
    'host.change-access',
    async () => {
      const { host, address, machine } = await aHost()
      const auth = { kind: 'password', password: machine.password }
      return {
        subject: host.name,
        input: { hostId: host.id, address, port: 22, user: 'operator', auth },
      }
    },
  ],
  'hosts/confirm-host-key': [
    'host.confirm-key',
    async () => {
      const { host, address, machine } = await aHost()
      const now = testMachine('N')
      web.machines.set(`${address}:22`, now)
      const keys = { oldFingerprint: machine.fingerprint, newFingerprint: now.fingerprint }
      return { subject: host.name, input: { hostId: host.id, ...keys } }
    },
  ],
  'hosts/install-host-rights': ['host.install-rights', rights],
  'hosts/remove-host-rights': ['host.remove-rights', rights],
  'hosts/read-host-key': [
    'host.read-key',
    async () => {
      const { address } = aMachine()
      return { subject: `${address}:22`, input: { address, port: 22 } }
    },
  ],
  'hosts/read-registered-host-key': ['host.read-key', async () => ofHost((await aHost()).host)],
  'hosts/register-host': [
    'host.register',
    async () => {
      const given = access()
      const name = `new-${count}`
      return { subject: name, input: { ...given, name } }
    },
  ],
  'hosts/remove-host': ['host.remove', async () => ofHost((await aHost()).host)],
  'hosts/test-host-access': [
    'host.test',
    async () => {
      const input = access()
      return { subject: `root@${input.address}:22`, input }
    },
  ],
  'hosts/test-registered-host': ['host.test', async () => ofHost((await aHost()).host)],
  'observe/find-replication': [
    'observe.find',
    async () => {
      const { names, input } = await createInput()
      return { input, subject: names }
    },
  ],
  'observe/observe-pair': ['pair.observe', async () => withSlug((await createInput()).input)],
  'observe/look-again': [
    'pair.look-again',
    async () => ofSlug((await insertPair(at.store, { isPaired: true, adoption: anAdoption() })).slug),
  ],
  'operations/ask-of-operation': [
    'operation.cancel',
    async () => {
      const pair = await insertPair(at.store)
      const { id } = await at.store.operations.insert(newOperation(pair))
      return { subject: id, input: { operationId: id, verb: 'cancel' } }
    },
  ],
  'pairs/remove-pair': ['pair.remove', async () => ofSlug((await insertPair(at.store)).slug)],
  'pair-operations/plan-pair-operation': ['promote.plan', () => toPromote()],
  'pair-operations/start-pair-operation': ['pair.fence', () => toFence(start())],
  'drills/set-drill-schedule': [
    'pair.drill-schedule',
    async () => ofSlug((await insertPair(at.store)).slug, { cron: '0 3 * * 0' }),
  ],
  'pairs/set-fence-returned': [
    'pair.fence-returned',
    async () => ofSlug((await insertPair(at.store)).slug, { fenceReturned: 'automatic' }),
  ],
  'pairs/take-promotion': [
    'pair.take-promotion',
    async () => ofSlug((await aPairPromotedByHand(at.store)).slug),
  ],
  'users/create-user': [
    'user.create',
    async () => {
      count += 1
      const email = `ann-${count}@example.org`
      return { subject: email, input: { name: 'Ann', email, role: 'viewer', password } }
    },
  ],
  'users/end-user-sessions': ['user.end-sessions', async () => ofUser({})],
  'users/set-user-password': ['user.set-password', async () => ofUser({ password: `another ${password}` })],
  'users/set-user-role': ['user.set-role', async () => ofUser({ role: 'operator' })],
}

/** What only shows what the store has, or follows what a page that is open shows: a row for each would hide the others. */
const unaudited: readonly string[] = [
  'list-audit',
  'list-profile-problems',
  'list-profiles',
  // A wizard's answers decide nothing until its operation is started.
  'drafts/create-draft',
  'drafts/read-draft',
  'drafts/update-draft',
  'drills/list-drills',
  'hosts/list-hosts',
  'hosts/read-host-lock',
  'hosts/read-host-rights',
  'logs/list-directory-runs',
  'logs/list-log-files',
  'logs/list-recent-runs',
  'logs/read-log',
  'operations/list-operations',
  'operations/read-operation',
  'pairs/list-pairs',
  'pairs/read-pair',
  'users/list-users',
]

const withSlug = <T extends { readonly slug: string }>(input: T): Given => ({ input, subject: input.slug })
const ofSlug = (slug: string, more: object = {}): Given => ({ input: { slug, ...more }, subject: slug })
const ofHost = ({ id, name }: Host, more: object = {}): Given => ({
  input: { hostId: id, ...more },
  subject: name,
})
async function ofUser(more: object): Promise<Given> {
  const { user, made } = await aUser()
  return { input: { userId: made.id, ...more }, subject: user.email }
}

test('every verb is either audited or on the list of those that only show', () => {
  expect(verbNames.toSorted()).toEqual([...Object.keys(audited), ...unaudited].toSorted())
})

/** The rows that were written while it was done, or refused. */
async function rowsOf(
  name: string,
  { input, context }: Given,
): Promise<{ outcome: unknown; rows: readonly AuditRow[] }> {
  const [last] = await at.store.audit.list({ limit: 1 })
  const verb = await verbOf(name)
  const outcome = await verb(context ?? web.as('administrator'), input).catch((error: unknown) => error)
  const rows = await at.store.audit.list({ limit: 10 })
  return { outcome, rows: rows.filter(({ id }) => id > (last?.id ?? 0)) }
}

test.each(Object.entries(audited))('%s, once done, is one row that says so', async (name, [action, make]) => {
  const given = await make()
  const { rows } = await rowsOf(name, given)
  const row = { action, subject: given.subject, outcome: 'done', actor: 'administrator@example.org' }
  expect(rows).toEqual([expect.objectContaining({ ...row, origin: '192.0.2.7' })])
})

/** Hosts that are a pair already. */
async function takenHosts(): Promise<Given> {
  const [{ input }, { hosts }] = [await createInput(), await insertPair(at.store, { isPaired: true })]
  return withSlug({ ...input, hosts, ...start() })
}
const withoutProfile = (operation: string) => async () =>
  ofSlug((await observedPair('no-primary', { profileId: 'gone' })).slug, { operation, ...start() })
const ofAnotherPair = async () => ofHost((await aHost()).host, { slug: (await insertPair(at.store)).slug })
const ofNobody = async () => ofHost(await at.store.hosts.insert(newHost()))

test.each([
  ['create/find-on-hosts', 'CONFLICT', takenHosts],
  ['create/check-create', 'CONFLICT', takenHosts],
  ['create/plan-create', 'CONFLICT', takenHosts],
  ['create/start-create', 'CONFLICT', takenHosts],
  ['observe/find-replication', 'CONFLICT', takenHosts],
  ['observe/observe-pair', 'CONFLICT', takenHosts],
  ['observe/look-again', 'PRECONDITION_FAILED', async () => ofSlug((await insertPair(at.store)).slug)],
  ['pair-operations/plan-pair-operation', 'PROFILE_INVALID', withoutProfile('promote')],
  ['pair-operations/start-pair-operation', 'PROFILE_INVALID', withoutProfile('fence')],
  ['hosts/install-host-rights', 'INVALID_INPUT', ofAnotherPair],
  ['hosts/remove-host-rights', 'INVALID_INPUT', ofAnotherPair],
  ['hosts/test-registered-host', 'HOST_UNREACHABLE', ofNobody],
  ['hosts/read-registered-host-key', 'HOST_UNREACHABLE', ofNobody],
  [
    'hosts/read-host-key',
    'HOST_UNREACHABLE',
    async () => ({ input: { address: '10.9.9.9', port: 22 }, subject: '10.9.9.9:22' }),
  ],
])('%s, refused with %s before it acts, is one row that says so', async (name, code, make) => {
  const { outcome, rows } = await rowsOf(name, await make())
  expect(outcome).toMatchObject({ code })
  expect(rows).toMatchObject([
    { action: audited[name]?.[0], outcome: 'refused', detail: expect.stringContaining(`${code}: `) },
  ])
})
