import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { isBlocking } from '@/lib/domain/preflight'
import { createFacts } from '@/lib/operations/create/facts'
import { planCreate } from '@/lib/operations/create/plan-create'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { type PromoteFacts, promoteFacts } from '@/lib/operations/promote/facts'
import { planPromote } from '@/lib/operations/promote/plan-promote'
import { parseProfile } from '@/lib/profiles/parse-profile'
import {
  createFactsOf,
  createInputOf,
  hostFactsOf,
  hostOf,
  serverFacts,
  withSettings,
} from '@/test/harness/operation-facts'
import { planText } from '@/test/harness/plan-text'

const file = fileURLToPath(new URL('../profiles/generic-debian.yaml', import.meta.url))
const profile = parseProfile(readFileSync(file, 'utf8'), file)
const recorded = (name: string) =>
  fileURLToPath(new URL(`../../test/recorded/plans/${name}`, import.meta.url))

const operationId = '0a1b2c3d-0000-4000-8000-000000000000'
const now = new Date('2026-11-23T03:00:00Z')
const hosts = { primary: hostOf('alpha', '10.7.0.11'), standby: hostOf('beta', '10.7.0.12') }
const pairOf = (isPaired: boolean) => ({
  id: 'pair-1',
  slug: 'ledger',
  profileId: profile.id,
  scope: { database: true, files: false },
  settings: createInputOf().settings,
  hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
  isPaired,
  formerPrimary: 'none' as const,
})
const seen = <T>(value: T) => ({ seen: true as const, value })
const down = {
  seen: false as const,
  why: { code: 'POSTGRES_DOWN', message: 'PostgreSQL on alpha does not run.', fix: 'Look.' },
}
const unreachable = {
  seen: false as const,
  why: { code: 'HOST_UNREACHABLE', message: 'alpha can’t be reached.', fix: 'Look.' },
}

function create(facts = createFactsOf(), agreeRestart = false) {
  const input = createInputOf({ scope: { database: true, files: false }, agreeRestart })
  return planCreate({ operationId, pair: pairOf(false), profile, hosts, input, facts }, now)
}

function promote(over: Partial<PromoteFacts> = {}) {
  const facts: PromoteFacts = {
    standby: hostFactsOf('beta', {
      server: seen(serverFacts({ inRecovery: true, systemIdentifier: '7400000000000000001' })),
    }),
    primary: hostFactsOf('alpha'),
    primaryAtRest: null,
    primaryFromStandby: 'accepting',
    pinnedIdentifier: '7400000000000000001',
    lossSentence: 'A promotion now would lose nothing of the database.',
    ...over,
  }
  return planPromote({ operationId, pair: pairOf(true), profile, hosts, facts }, now)
}

test('the plan of a create shows every command, statement and file', async () => {
  const plan = create()
  expect(isBlocking(plan.preflight)).toBe(false)
  await expect(planText(plan)).toMatchFileSnapshot(recorded('create.txt'))
})

test('a restart of the primary stands in the plan only where one is needed', async () => {
  const server = withSettings(serverFacts(), {
    listen_addresses: 'localhost',
    ssl: 'off',
    wal_level: 'minimal',
  })
  const facts = createFactsOf({ primary: hostFactsOf('alpha', { server: seen(server) }) })
  await expect(planText(create(facts, true))).toMatchFileSnapshot(recorded('create-with-restart.txt'))
  expect(create().steps.map(({ id }) => id)).not.toContain('restart-primary')
})

test('on a standby full of someone’s data asks for its name, and says what is put aside, where and how large', () => {
  const server = serverFacts({
    systemIdentifier: '7400000000000000002',
    userDatabases: [{ name: 'ledger', bytes: 12_000_000 }],
  })
  const plan = create(createFactsOf({ standby: hostFactsOf('beta', { server: seen(server) }) }))
  expect(plan.acknowledgement).toBe('beta')
  expect(isBlocking(plan.preflight)).toBe(false)
  expect(plan.warnings.join()).toContain('the database ledger (12 MB), 48 MB in all')
  const preview = plan.steps.find(({ id }) => id === 'put-aside')?.preview
  expect(preview?.at(-1)).toMatchObject({
    text: expect.stringMatching(
      /ledger \(12 MB\), 48 MB in all\. It is kept as \S+main\.understudy-0a1b2c3d: /,
    ),
  })
  expect(create().acknowledgement).toBe('')
})

test('hosts that could not be read give a plan without steps, and the checks that say why', () => {
  const facts = createFactsOf({ primary: hostFactsOf('alpha', { server: down }) })
  const plan = create(facts)
  expect(plan.steps).toEqual([])
  expect(isBlocking(plan.preflight)).toBe(true)
})

test('a plan keeps its facts through JSON, so that a worker builds the same steps', () => {
  expect(createFacts.parse(JSON.parse(JSON.stringify(create().facts)))).toEqual(create().facts)
  expect(promoteFacts.parse(JSON.parse(JSON.stringify(promote().facts)))).toEqual(promote().facts)
})

test('the plan of a promotion fences a primary that answers', async () => {
  const plan = promote()
  expect(isBlocking(plan.preflight)).toBe(false)
  expect(plan.warnings[0]).toBe('A promotion now would lose nothing of the database.')
  await expect(planText(plan)).toMatchFileSnapshot(recorded('promote-primary-alive.txt'))
})

test('the plan of a promotion says what becomes of the standby’s slot', () => {
  const pair = { ...pairOf(true), settings: { ...createInputOf().settings, slotWalSegments: 64 } }
  const facts = promoteFacts.parse(promote().facts)
  const plan = planPromote({ operationId, pair, profile, hosts, facts }, now)
  expect(plan.warnings.at(-1)).toMatch(/^The slot understudy_ledger stays on alpha .*beta has none until/)
  expect(promote().warnings.join()).not.toContain('slot')
})

test.each([
  { receiverStatus: 'streaming', outcome: 'pass' },
  { receiverStatus: 'waiting', outcome: 'warn' },
  { receiverStatus: null, outcome: 'warn' },
])('a standby whose receiver is $receiverStatus before its primary is stopped: $outcome', (given) => {
  const server = serverFacts({
    inRecovery: true,
    systemIdentifier: '7400000000000000001',
    receiverStatus: given.receiverStatus,
  })
  const plan = promote({ standby: hostFactsOf('beta', { server: seen(server) }) })
  expect(plan.preflight.find(({ id }) => id === 'standby-receiving')?.outcome).toBe(given.outcome)
  const ids = plan.steps.map(({ id }) => id)
  expect(ids.indexOf('await-stream')).toBeLessThan(ids.indexOf('stop-old-application'))
})

test('where the old primary writes nothing there is no stream to wait for', () => {
  const plan = promote({ primary: hostFactsOf('alpha', { server: seen(serverFacts({ inRecovery: true })) }) })
  expect(plan.steps.map(({ id }) => id)).not.toContain('await-stream')
  expect(plan.preflight.find(({ id }) => id === 'standby-receiving')?.outcome).toBe('pass')
})

test('a primary whose PostgreSQL is down is fenced at rest where its data directory is proved', () => {
  const primaryAtRest = { clusterState: 'in production', checkpointLsn: '0/3000060', startConf: 'auto' }
  const primary = hostFactsOf('alpha', { server: down, data: down })
  const plan = promote({ primary, primaryAtRest, primaryFromStandby: 'no-response' })
  expect(plan.steps.map(({ id }) => id)).toContain('fence-primary')
  expect(isBlocking(plan.preflight)).toBe(false)
})

const atRest = { clusterState: 'in production', checkpointLsn: '0/3000060', startConf: 'auto' }
const elsewhere = '/srv/pg/main'
/** The primary's own place as it was seen last: another one than the standby's. */
const primaryLayout = () => {
  const layout = postgresLayoutOf(hostFactsOf('alpha'), hosts.primary)
  return layout && { ...layout, dataDirectory: elsewhere }
}

test('a primary whose PostgreSQL hangs is killed before its application is stopped, and fenced where it lies', async () => {
  const hung = {
    seen: false as const,
    why: { code: 'POSTGRES_TIMED_OUT', message: 'PostgreSQL on alpha did not answer in time.', fix: 'Look.' },
  }
  const plan = promote({
    primary: hostFactsOf('alpha', { server: hung, data: down }),
    primaryAtRest: { ...atRest, isRunning: true },
    primaryLayout: primaryLayout(),
    primaryFromStandby: 'no-response',
  })
  expect(isBlocking(plan.preflight)).toBe(false)
  expect(plan.warnings.join()).toContain('It is killed and fenced first')
  expect(planText(plan)).not.toContain('/var/lib/postgresql/15/main/standby.signal')
  await expect(planText(plan)).toMatchFileSnapshot(recorded('promote-primary-hung.txt'))
})

test.each([
  { code: 'POSTGRES_DOWN', isRunning: true },
  { code: 'POSTGRES_STARTING', isRunning: true },
  { code: 'POSTGRES_AUTH_FAILED', isRunning: true },
  { code: 'POSTGRES_TIMED_OUT', isRunning: false },
])('one that does not answer otherwise is not killed at once: $code, running: $isRunning', (given) => {
  const unseen = { seen: false as const, why: { ...down.why, code: given.code } }
  const plan = promote({
    primary: hostFactsOf('alpha', { server: unseen, data: down }),
    primaryAtRest: { ...atRest, isRunning: given.isRunning },
    primaryFromStandby: 'no-response',
  })
  const ids = plan.steps.map(({ id }) => id)
  expect(ids).toContain('fence-primary')
  expect(ids).not.toContain('end-hung-primary')
})

test('where no data of the pair are found on a host that answers, what can be done there is done, and it is watched for', async () => {
  const plan = promote({
    primary: hostFactsOf('alpha', { server: down, data: down }),
    primaryLayout: primaryLayout(),
    primaryFromStandby: 'no-response',
  })
  expect(isBlocking(plan.preflight)).toBe(false)
  expect(plan.steps.find(({ id }) => id === 'exchange-roles')?.preview).toEqual([
    { kind: 'note', text: 'alpha could not be fenced: it is watched for its return.' },
  ])
  await expect(planText(plan)).toMatchFileSnapshot(recorded('promote-primary-unproved.txt'))
})

test('nothing is promoted while the primary answers and its data directory can’t be looked at', () => {
  const plan = promote({ primary: hostFactsOf('alpha', { data: down }) })
  expect(plan.preflight.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)).toEqual([
    'old-primary',
  ])
})

const lost = {
  machine: unreachable,
  asRoot: unreachable,
  asDatabaseOwner: unreachable,
  server: unreachable,
  data: unreachable,
  paths: unreachable,
}

test('a dead primary is watched for, and the plan says that it was not fenced', async () => {
  const plan = promote({ primary: hostFactsOf('alpha', lost), primaryFromStandby: 'no-response' })
  expect(isBlocking(plan.preflight)).toBe(false)
  expect(plan.warnings.join(' ')).toContain('alpha can’t be fenced now')
  await expect(planText(plan)).toMatchFileSnapshot(recorded('promote-primary-dead.txt'))
})

test('nothing is promoted while a primary that can’t be fenced still answers', () => {
  const plan = promote({ primary: hostFactsOf('alpha', lost), primaryFromStandby: 'accepting' })
  expect(plan.preflight.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)).toEqual([
    'old-primary',
  ])
})

test('what is not a sound standby of this pair is not promoted', () => {
  const standby = (over: object) =>
    hostFactsOf('beta', {
      server: seen(serverFacts({ inRecovery: true, systemIdentifier: '7400000000000000001', ...over })),
    })
  const failed = (over: object) =>
    promote({ standby: standby(over) })
      .preflight.filter(({ outcome }) => outcome === 'fail')
      .map(({ id }) => id)
  expect(failed({ inRecovery: false })).toEqual(['standby-in-recovery'])
  expect(failed({ systemIdentifier: '7' })).toEqual(['same-system'])
})

test('a standby whose replay is paused is promoted: replay goes on first, while the primary still serves', () => {
  const server = serverFacts({
    inRecovery: true,
    systemIdentifier: '7400000000000000001',
    replayPaused: true,
  })
  const plan = promote({ standby: hostFactsOf('beta', { server: seen(server) }) })
  expect(isBlocking(plan.preflight)).toBe(false)
  expect(plan.preflight.find(({ id }) => id === 'replay-running')?.outcome).toBe('warn')
  expect(plan.steps[0]?.id).toBe('resume-replay')
  expect(promote().steps.map(({ id }) => id)).not.toContain('resume-replay')
})

test('every step has what the engine asks of it', () => {
  for (const plan of [create(), promote()]) {
    expect(new Set(plan.steps.map(({ id }) => id)).size).toBe(plan.steps.length)
    for (const step of plan.steps) {
      expect(step.preview.length, step.id).toBeGreaterThan(0)
      expect(step.undoSentence, step.id).not.toBe('')
    }
  }
})
