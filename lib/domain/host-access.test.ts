import { describe, expect, test } from 'vitest'
import type { Host } from '@/lib/domain/host'
import {
  accessClosedBy,
  afterAccessChange,
  afterKeyChange,
  isSameLogin,
  loginAfter,
  type PairOfHost,
  pointToAccess,
  restsOnLogin,
} from '@/lib/domain/host-access'
import { inFlightStates, standingStates } from '@/lib/domain/operation-state'
import { AppError } from '@/lib/errors'
import { anAdoption } from '@/test/harness/adoption'

const host = (over: Partial<Host> = {}): Host => ({
  id: 'id-db1',
  name: 'db1',
  address: '10.0.0.1',
  port: 22,
  user: 'operator',
  authKind: 'key',
  hostKey: 'ssh-ed25519 AAAA',
  hostKeyFingerprint: 'SHA256:x',
  privilege: 'sudo',
  machineId: 'a'.repeat(32),
  home: '/home/operator',
  accessRevision: 1,
  ...over,
})

const pairOf = (over: Partial<PairOfHost> = {}): PairOfHost => ({
  slug: 'ledger',
  hosts: { primary: 'id-db1', standby: 'id-db2' },
  isPaired: true,
  scope: { database: true, files: true },
  formerPrimary: 'none',
  ...over,
})
const asStandby = { hosts: { primary: 'id-db2', standby: 'id-db1' } }

test('a login is the same while address, port and user are', () => {
  expect(isSameLogin(host(), host({ authKind: 'password', accessRevision: 9 }))).toBe(true)
  for (const over of [{ address: '10.0.0.2' }, { port: 2222 }, { user: 'ops' }])
    expect(isSameLogin(host(), host(over))).toBe(false)
})

describe('an operation', () => {
  test.each(inFlightStates)(
    'that is %s closes every change of access, and says what to wait for',
    (state) => {
      for (const isLoginKept of [true, false])
        expect(accessClosedBy({ kind: 'promote', state }, 'ledger', isLoginKept)).toBe(
          'The promote operation of ledger is at work: let it end, or cancel it first.',
        )
    },
  )

  test.each(standingStates)(
    'that is %s leaves key and password open, without which it can’t go on',
    (state) => {
      expect(accessClosedBy({ kind: 'create', state }, 'ledger', true)).toBeNull()
      expect(accessClosedBy({ kind: 'create', state }, 'ledger', false)).toContain(
        'until it is resumed, undone or closed',
      )
    },
  )

  test('that is not there closes nothing', () => {
    expect(accessClosedBy(null, '', false)).toBeNull()
  })
})

describe('what the login may do after the change', () => {
  const found = { privilege: 'unprivileged', home: '/home/ops' } as const

  test('is what was found, where no pair rests on it', () => {
    const undone = pairOf({ isPaired: false })
    expect(restsOnLogin(undone)).toBe(false)
    for (const pair of [null, undone]) {
      expect(loginAfter(host(), 'ops', found, pair)).toEqual(found)
      expect(loginAfter(host(), 'operator', found, pair)).toEqual(found)
      expect(loginAfter(host({ privilege: 'unprivileged' }), 'ops', found, pair)).toEqual(found)
    }
  })

  test('stays what the pair rests on, while the user stays', () => {
    for (const privilege of ['root', 'sudo', 'unprivileged'] as const)
      expect(loginAfter(host({ privilege }), 'operator', found, pairOf())).toEqual({
        privilege,
        home: '/home/operator',
      })
  })

  test('is root’s or is done with sudo where root keeps the pair’s files, also before its rights are written down', () => {
    for (const privilege of ['root', 'sudo'] as const) {
      const whenTested = (tested: 'root' | 'sudo' | 'unprivileged') =>
        loginAfter(host({ privilege }), 'ops', { ...found, privilege: tested }, pairOf())
      expect(whenTested('root')).toEqual({ privilege: 'root', home: '/home/ops' })
      expect(whenTested('sudo')).toEqual({ privilege: 'sudo', home: '/home/ops' })
      expect(whenTested('unprivileged')).toEqual({ privilege: 'sudo', home: '/home/ops' })
    }
  })

  test.each([
    {},
    { isPaired: false, formerPrimary: 'watched' },
    { isPaired: false, formerPrimary: 'fenced' },
  ] as const)('can’t be another user’s where the files are the old one’s own: %j', (over) => {
    expect(() => loginAfter(host({ privilege: 'unprivileged' }), 'ops', found, pairOf(over))).toThrow(
      expect.objectContaining({
        code: 'PRECONDITION_FAILED',
        fix: 'Keep the user operator; its key, password, address and port can be changed.',
      }),
    )
  })
})

describe('what an operator is told to do after the change', () => {
  const notes = (over: Partial<Host>, pair: PairOfHost | null = pairOf()) =>
    afterAccessChange(host(), host(over), pair)

  test('is nothing where only the proof is another, or no pair is there', () => {
    expect(notes({ authKind: 'password', accessRevision: 2 })).toEqual([])
    expect(notes({ user: 'ops', address: '10.0.0.9', port: 2222 }, null)).toEqual([])
  })

  test('is to install the rights for another user with sudo, in whichever state the pair is', () => {
    const sentence = expect.stringContaining('understudy hosts sudoers db1 --pair ledger')
    expect(notes({ user: 'ops' }, pairOf(asStandby))).toEqual([sentence])
    expect(notes({ user: 'ops' }, pairOf({ isPaired: false, formerPrimary: 'watched' }))).toEqual([sentence])
    expect(notes({ user: 'root', privilege: 'root' }, pairOf(asStandby))).toEqual([])
  })

  test('names what on the other host still has the old address, by role and by what the pair protects', () => {
    const moved = { address: '10.0.0.9' }
    expect(notes(moved).join()).toMatch(
      /primary_conninfo.*rotate-key --pair ledger\), which tells the standby/,
    )
    expect(notes(moved, pairOf(asStandby)).join()).toMatch(
      /pg_hba\.conf.*rotate-key --pair ledger\), which binds the new one/,
    )
    expect(notes(moved, pairOf({ scope: { database: false, files: true } })).join()).not.toContain(
      'primary_conninfo',
    )
    expect(notes(moved, pairOf({ scope: { database: true, files: false } }))).toHaveLength(1)
    for (const sentence of notes(moved)) expect(sentence).toContain('10.0.0.1')
    expect(notes(moved, pairOf({ isPaired: false }))).toEqual([])
  })

  test('names the file sync’s way into the primary for another port or user; into the standby nothing leads', () => {
    expect(notes({ port: 2222 })).toEqual([expect.stringContaining('at port 22:')])
    expect(notes({ user: 'root', privilege: 'root' })).toEqual([
      'The file sync of ledger signs in on db1 as operator: leave that user its line in authorized_keys, or rotate the key of ledger (understudy rotate-key --pair ledger): then it signs in as root.',
    ])
    expect(notes({ port: 2222 }, pairOf(asStandby))).toEqual([])
    expect(notes({ port: 2222 }, pairOf({ scope: { database: true, files: false } }))).toEqual([])
  })
})

test('a host key that was confirmed anew is told to have to be told to who copies from that host, and to nobody else', () => {
  expect(afterKeyChange(host(), pairOf())).toEqual([
    'The standby of ledger knows db1 by the old key and copies no files from it: rotate the key of ledger (understudy rotate-key --pair ledger), which tells it the new one.',
  ])
  for (const pair of [
    null,
    pairOf(asStandby),
    pairOf({ isPaired: false }),
    pairOf({ scope: { database: true, files: false } }),
    pairOf({ adoption: anAdoption() }),
  ])
    expect(afterKeyChange(host(), pair)).toEqual([])
})

test('a refused sign-in of a registered host says where its access is changed; any other error stays as it is', () => {
  const refused = new AppError('HOST_AUTH_FAILED', 'No.', { fix: 'Correct it.', detail: 'why' })
  expect(pointToAccess(refused, 'db1')).toMatchObject({
    code: 'HOST_AUTH_FAILED',
    message: 'No.',
    detail: 'why',
    fix: 'Correct it. Its access is changed on the page of hosts, or by “understudy hosts change-access db1”.',
  })
  const away = new AppError('HOST_UNREACHABLE', 'Away.')
  expect(pointToAccess(away, 'db1')).toBe(away)
})

test('a pair that is only observed rests on no login, and one of which something is taken over does', () => {
  const observed = pairOf({ adoption: anAdoption() })
  expect(restsOnLogin(observed)).toBe(false)
  expect(afterAccessChange(host(), { ...host(), address: '10.0.0.9' }, observed)).toEqual([])
  expect(restsOnLogin(pairOf({ adoption: anAdoption({ taken: ['replication'] }) }))).toBe(true)
})
