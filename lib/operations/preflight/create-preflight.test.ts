import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { isBlocking } from '@/lib/domain/preflight'
import { crontabCheck, crontabWhereUsed } from '@/lib/operations/preflight/application-checks'
import { createPreflight } from '@/lib/operations/preflight/create-preflight'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { parseProfile } from '@/lib/profiles/parse-profile'
import {
  createFactsOf,
  createInputOf,
  hostFactsOf,
  linkFactsOf,
  primaryServer,
  serverFacts,
  withSettings,
} from '@/test/harness/operation-facts'

const file = fileURLToPath(new URL('../../profiles/generic-debian.yaml', import.meta.url))
const profile = parseProfile(readFileSync(file, 'utf8'), file)

const seen = <T>(value: T) => ({ seen: true as const, value })
const alpha = (over: Partial<HostFacts> = {}) => hostFactsOf('alpha', over)
const beta = (over: Partial<HostFacts> = {}) => hostFactsOf('beta', over)

function checksOf(facts = createFactsOf(), input = createInputOf()) {
  return createPreflight({ facts, input, profile })
}

/** The one check that is not fine; the test fails when there are more or none. */
function onlyTrouble(facts: ReturnType<typeof createFactsOf>, input = createInputOf()) {
  const trouble = checksOf(facts, input).filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
  expect(trouble.map(({ id }) => id)).toHaveLength(1)
  return trouble[0]
}

const withPath = (host: HostFacts, path: string, change: object): HostFacts => ({
  ...host,
  paths: seen(
    (answerOf(host.paths) ?? []).map((entry) => (entry.path === path ? { ...entry, ...change } : entry)),
  ),
})
const data = '/var/lib/postgresql/15/main'

test('two sound hosts pass every check, each with evidence', () => {
  const checks = checksOf()
  expect(checks.filter(({ outcome }) => outcome !== 'pass').map(({ id }) => id)).toEqual([
    'primary-crontab',
    'standby-crontab',
    'tablespaces',
    'old-data-place',
    'primary-restart',
    'replication-slot',
  ])
  expect(isBlocking(checks)).toBe(false)
  for (const check of checks) expect(check.evidence, check.id).not.toBe('')
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length)
})

test('without root a crontab that can’t be read is a failed check, wherever it would be looked at or changed', () => {
  const crontabProblem = 'The crontab can’t be read: You (app) are not allowed'
  const denied = { isUnprivileged: true, user: 'app', crontabProblem }
  const host = (name: 'alpha' | 'beta') => hostFactsOf(name, denied)
  expect(crontabCheck('standby', host('beta'))).toMatchObject({ outcome: 'fail', evidence: crontabProblem })
  expect(crontabCheck('standby', host('beta')).fix).toContain('/etc/cron.deny')
  expect(crontabWhereUsed('primary', host('alpha'))).toMatchObject([
    { id: 'primary-crontab', outcome: 'fail' },
  ])
  expect(crontabWhereUsed('primary', hostFactsOf('alpha'))).toEqual([])
})

test('a host that does not let us in is told alone, with the error’s own sentence and fix', () => {
  const why = { code: 'HOST_AUTH_FAILED', message: 'beta refused the password.', fix: 'Give the right one.' }
  const none = { seen: false as const, why }
  const lost = { machine: none, asRoot: none, asDatabaseOwner: none, server: none, data: none, paths: none }
  const facts = createFactsOf({ standby: beta({ ...lost, clockOffsetMs: null }) })
  const failed = checksOf(facts).filter(({ outcome }) => outcome === 'fail')
  expect(failed).toEqual([
    {
      id: 'standby-access',
      title: 'SSH access',
      host: 'standby',
      outcome: 'fail',
      evidence: why.message,
      fix: why.fix,
      canOverride: false,
    },
  ])
})

test('a host name in place of an address is refused with the reason', () => {
  const checks = checksOf(createFactsOf({ standby: beta({ address: 'db2.example' }) }))
  const failed = checks.filter(({ outcome }) => outcome === 'fail')
  expect(failed.map(({ id }) => id)).toEqual(['standby-address', 'replication-access'])
  expect(failed[0]?.fix).toContain('tied to addresses')
})

test('the same machine under two addresses is refused by its machine-id', () => {
  const machine = answerOf(alpha().machine)
  if (!machine) throw new Error('no machine')
  const twin = beta({ machine: seen(machine), registeredMachineId: machine.machineId })
  expect(onlyTrouble(createFactsOf({ standby: twin }))).toMatchObject({ id: 'two-hosts', outcome: 'fail' })
})

test('a machine that took the address of a registered one is refused', () => {
  const facts = createFactsOf({ standby: beta({ registeredMachineId: 'c'.repeat(32) }) })
  expect(onlyTrouble(facts)).toMatchObject({ id: 'standby-right-host', outcome: 'fail' })
})

test('missing sudo is told with the door’s sentence', () => {
  const why = {
    code: 'HOST_SUDO_REFUSED',
    message: 'operator may not run commands as root on beta.',
    fix: 'x',
  }
  const facts = createFactsOf({ standby: beta({ asRoot: { seen: false, why } }) })
  expect(onlyTrouble(facts)).toMatchObject({ id: 'standby-sudo', outcome: 'fail', evidence: why.message })
})

test('another major version of PostgreSQL is refused, naming both', () => {
  const facts = createFactsOf({
    standby: beta({ server: seen(serverFacts({ versionNum: 170010, version: '17.10' })) }),
  })
  const check = onlyTrouble(facts)
  expect(check).toMatchObject({ id: 'postgres-versions', outcome: 'fail' })
  expect(check?.fix).toBe('Streaming works only between equal major versions: install PostgreSQL 15 on beta.')
})

test('a standby with an older minor version is refused, a newer one is fine', () => {
  const of = (versionNum: number) =>
    createFactsOf({ standby: beta({ server: seen(serverFacts({ versionNum })) }) })
  expect(onlyTrouble(of(150017))).toMatchObject({ id: 'postgres-versions', outcome: 'fail' })
  expect(isBlocking(checksOf(of(150019)))).toBe(false)
})

test('a data directory that is a mount point is emptied entry by entry, and it says where to mount instead', () => {
  const facts = createFactsOf({ standby: withPath(beta(), data, { isMountPoint: true }) })
  const check = onlyTrouble(facts)
  expect(check).toMatchObject({ id: 'data-directory', outcome: 'warn' })
  expect(check?.fix).toContain('one level higher')
})

describe('tablespaces of the primary', () => {
  const location = '/srv/fast'
  const space = { name: 'fast', oid: '16400', location, bytes: 3_000_000_000 }
  const sound = {
    path: location,
    isDirectory: true,
    isWritable: true,
    device: '43',
    freeBytes: 9_000_000_000,
  }
  const of = (place: object, over: object = {}) =>
    createFactsOf({
      primary: alpha({
        server: seen(primaryServer({ tablespaces: ['fast'], tablespacePlaces: [{ ...space, ...over }] })),
      }),
      tablespacePlaces: seen([{ ...sound, ...place }]),
    })

  test('pass where the standby has their places with room', () => {
    const check = checksOf(of({})).find(({ id }) => id === 'tablespaces')
    expect(check).toMatchObject({
      outcome: 'pass',
      evidence: expect.stringContaining('fast in /srv/fast (3 GB)'),
    })
    const disk = checksOf(of({})).find(({ id }) => id === 'disk-space')
    expect(disk?.evidence).toContain('/srv/fast: 3 GB to copy, 9 GB free')
  })

  test.each([{ isDirectory: false }, { isWritable: false }])(
    'need their places on the standby: %o',
    (place) => {
      expect(onlyTrouble(of(place))).toMatchObject({
        id: 'tablespaces',
        outcome: 'fail',
        fix: expect.stringContaining('install -d -m 0700 -o postgres /srv/fast'),
      })
    },
  )

  test('need room', () => {
    expect(onlyTrouble(of({ freeBytes: 3_000_000_000 }))).toMatchObject({ id: 'disk-space', outcome: 'fail' })
  })

  test.each(['pg_tblspc/16400', `${data}/own`])('don’t lie within the data directory: %s', (place) => {
    expect(onlyTrouble(of({}, { location: place }))).toMatchObject({ id: 'tablespaces', outcome: 'fail' })
  })
})

test('too little disk counts the copies together that share a file system', () => {
  const shared = { freeBytes: 500_000_000 }
  const standby = withPath(withPath(beta(), data, shared), '/srv/ledger/vault', shared)
  expect(onlyTrouble(createFactsOf({ standby }))).toMatchObject({
    id: 'disk-space',
    outcome: 'fail',
    evidence: '/var/lib/postgresql/15/main, /srv/ledger/vault, /srv/ledger/etc: 448 MB to copy, 500 MB free.',
  })
  const apart = withPath(standby, '/srv/ledger/vault', { device: '43', freeBytes: 900_000_000 })
  expect(isBlocking(checksOf(createFactsOf({ standby: apart })))).toBe(false)
})

test('a tree that could not be counted is a warning, never called small', () => {
  const facts = createFactsOf({ primary: withPath(alpha(), '/srv/ledger/vault', { usedBytes: null }) })
  expect(onlyTrouble(facts)).toMatchObject({ id: 'disk-space', outcome: 'warn' })
})

test('WAL to be kept that does not fit on the primary is refused', () => {
  const small = { freeBytes: 100_000_000 }
  const facts = createFactsOf({ primary: withPath(alpha(), `${data}/pg_wal`, small) })
  expect(onlyTrouble(facts)).toMatchObject({ id: 'wal-space', outcome: 'fail' })
  // What is free beside the data says nothing where WAL is a link to another file system.
  const elsewhere = withPath(alpha(), data, small)
  expect(isBlocking(checksOf(createFactsOf({ primary: elsewhere })))).toBe(false)
})

test('a primary that is a standby, or has one already, is refused', () => {
  const inRecovery = createFactsOf({ primary: alpha({ server: seen(primaryServer({ inRecovery: true })) }) })
  expect(onlyTrouble(inRecovery)).toMatchObject({ id: 'primary-standalone', outcome: 'fail' })
  const senders = [{ applicationName: 'walreceiver', clientAddress: '10.7.0.99', state: 'streaming' }]
  const serving = createFactsOf({ primary: alpha({ server: seen(primaryServer({ senders })) }) })
  expect(onlyTrouble(serving)?.evidence).toBe('alpha already sends WAL to walreceiver from 10.7.0.99.')
})

test('a standby of another pair is refused', () => {
  const facts = createFactsOf({ standby: beta({ server: seen(serverFacts({ inRecovery: true })) }) })
  expect(onlyTrouble(facts)).toMatchObject({ id: 'standby-standalone', outcome: 'fail' })
})

test('a port that is filtered is told with the addresses and the port to open', () => {
  const facts = createFactsOf({ link: linkFactsOf({ postgres: 'no-response' }) })
  const check = onlyTrouble(facts)
  expect(check?.evidence).toBe('10.7.0.11, port 5432 does not answer beta.')
  expect(check?.fix).toBe('Let connections from 10.7.0.12 to port 5432 through the firewalls on the way.')
  const ssh = createFactsOf({ link: linkFactsOf({ ssh: 'other-key' }) })
  expect(onlyTrouble(ssh)).toMatchObject({ id: 'ssh-port', outcome: 'fail' })
})

test('a restart is announced with what needs it, and refused until it is agreed to', () => {
  const server = withSettings(primaryServer(), { listen_addresses: 'localhost', wal_level: 'minimal' })
  const facts = createFactsOf({
    primary: alpha({ server: seen(server) }),
    link: linkFactsOf({ postgres: 'no-response' }),
  })
  const restart = (agreeRestart: boolean) =>
    checksOf(facts, createInputOf({ agreeRestart })).find(({ id }) => id === 'primary-restart')
  expect(restart(false)).toMatchObject({ outcome: 'fail' })
  expect(restart(true)?.outcome).toBe('warn')
  expect(restart(true)?.evidence).toBe(
    'wal_level is minimal and must be replica; listen_addresses is “localhost” and must include 10.7.0.11. PostgreSQL on alpha must be restarted once: the application loses its connections for a few seconds.',
  )
})

test('clocks: a small difference passes, a larger one warns, a wild one fails', () => {
  const of = (clockOffsetMs: number) =>
    checksOf(createFactsOf({ standby: beta({ clockOffsetMs }) })).find(({ id }) => id === 'clocks')
  expect(of(-300)).toMatchObject({ outcome: 'pass', evidence: 'beta is 304 ms behind alpha (±4 ms).' })
  expect(of(10_000)?.outcome).toBe('warn')
  expect(of(3_600_000)).toMatchObject({ outcome: 'fail' })
})

test('a directory that is not there, no rsync, no cron: each is its own sentence', () => {
  const machine = answerOf(beta().machine)
  if (!machine) throw new Error('no machine')
  const vault = '/srv/ledger/vault'
  const cases = [
    [
      createFactsOf({ primary: withPath(alpha(), vault, { exists: false }) }),
      'directories',
      'is not on alpha',
    ],
    [
      createFactsOf({ standby: beta({ machine: seen({ ...machine, rsyncVersion: null }) }) }),
      'standby-file-tools',
      'rsync is missing',
    ],
    [
      createFactsOf({ standby: beta({ machine: seen({ ...machine, cronActive: false }) }) }),
      'standby-file-tools',
      'cron does not run',
    ],
  ] as const
  for (const [facts, id, part] of cases) {
    const check = onlyTrouble(facts)
    expect(check).toMatchObject({ id, outcome: 'fail' })
    expect(check?.evidence).toContain(part)
  }
})

test('an application that is not installed on the standby is refused', () => {
  const machine = answerOf(beta().machine)
  if (!machine) throw new Error('no machine')
  const applicationUnit = { loadState: 'not-found', activeState: 'inactive', enabledState: '' }
  const facts = createFactsOf({ standby: beta({ machine: seen({ ...machine, applicationUnit }) }) })
  expect(onlyTrouble(facts)).toMatchObject({ id: 'standby-application', outcome: 'fail' })
})

test('roles left over and a broken pg_hba.conf are refused', () => {
  const roles = createFactsOf({
    primary: alpha({ server: seen(primaryServer({ ownRoles: ['understudy_repl'] })) }),
  })
  expect(onlyTrouble(roles)?.fix).toContain('DROP ROLE understudy_repl;')
  const hba = createFactsOf({
    primary: alpha({ server: seen(primaryServer({ hbaErrors: ['line 3: invalid'] })) }),
  })
  expect(onlyTrouble(hba)).toMatchObject({ id: 'primary-hba', outcome: 'fail' })
})

test('what is left out of the scope is not checked', () => {
  const facts = createFactsOf({
    link: linkFactsOf({
      postgres: 'no-response',
      ssh: 'no-response',
      sshBack: 'no-response',
      source: '10.7.0.12',
    }),
  })
  const ids = (scope: { database: boolean; files: boolean }) =>
    checksOf(facts, createInputOf({ scope }))
      .filter(({ outcome }) => outcome === 'fail')
      .map(({ id }) => id)
  expect(ids({ database: true, files: false })).toEqual(['postgres-port'])
  expect(ids({ database: false, files: true })).toEqual(['ssh-port', 'ssh-port-back'])
})
