import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Host } from '@/lib/domain/host'
import type { Plan, PlannedStep } from '@/lib/domain/operation'
import { openCreate } from '@/lib/operations/create/open-create'
import { planCreate } from '@/lib/operations/create/plan-create'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { openPromote } from '@/lib/operations/promote/open-promote'
import { planPromote } from '@/lib/operations/promote/plan-promote'
import type { Profile } from '@/lib/profiles/schema'
import {
  createFactsOf,
  createInputOf,
  hostFactsOf,
  profileOf,
  serverFacts,
  withSettings,
} from '@/test/harness/operation-facts'

const profile = profileOf()
const operationId = '0a1b2c3d-0000-4000-8000-000000000000'
const now = new Date('2026-11-23T03:00:00Z')
const seen = <T>(value: T) => ({ seen: true as const, value })
const unreachable = {
  seen: false as const,
  why: { code: 'HOST_UNREACHABLE', message: 'alpha can’t be reached.', fix: 'Look.' },
}
const unreachableHost = hostFactsOf('alpha', {
  machine: unreachable,
  asRoot: unreachable,
  asDatabaseOwner: unreachable,
  server: unreachable,
  data: unreachable,
  paths: unreachable,
})

/** What two sound hosts may differ in, so that the plan is another one. */
const anyGround = fc.record({
  versionNum: fc.constantFrom(120022, 130018, 150018, 170010),
  isTls: fc.boolean(),
  listens: fc.constantFrom('*', 'localhost', '10.7.0.11'),
  walLevel: fc.constantFrom('replica', 'minimal', 'logical'),
  walKeepSegments: fc.integer({ min: 1, max: 4_096 }),
  startConf: fc.constantFrom('auto', 'manual', null),
  hasUnit: fc.boolean(),
  hasApplication: fc.boolean(),
  hasCheck: fc.boolean(),
  scope: fc.constantFrom(
    { database: true, files: true },
    { database: true, files: false },
    { database: false, files: true },
  ),
  isDead: fc.boolean(),
  isIpv6: fc.boolean(),
})
type Ground = typeof anyGround extends fc.Arbitrary<infer T> ? T : never

const host = (name: string, address: string): Host => ({
  id: `id-${name}`,
  name,
  address,
  port: 22,
  user: 'operator',
  authKind: 'key',
  hostKey: 'ssh-ed25519 AAAA',
  hostKeyFingerprint: 'SHA256:x',
  privilege: 'root',
  home: '/home/operator',
  machineId: null,
})

function profileFor({ hasUnit, hasApplication, hasCheck }: Ground): Profile {
  return {
    ...profile,
    postgres: { ...profile.postgres, unit: hasUnit ? profile.postgres.unit : null },
    application: {
      ...profile.application,
      unit: hasApplication ? profile.application.unit : null,
      check: hasCheck ? profile.application.check : null,
    },
  }
}

function groundOf(given: Ground) {
  const profile = profileFor(given)
  const [one, other] = given.isIpv6 ? ['fd00::11', 'fd00::12'] : ['10.7.0.11', '10.7.0.12']
  const hosts = { primary: host('alpha', one), standby: host('beta', other) }
  const input = createInputOf({
    scope: given.scope,
    settings: { ...createInputOf().settings, walKeepSegments: given.walKeepSegments },
    agreeRestart: true,
  })
  const server = withSettings(serverFacts({ versionNum: given.versionNum }), {
    listen_addresses: given.listens,
    wal_level: given.walLevel,
    ssl: given.isTls ? 'on' : 'off',
  })
  const data = hostFactsOf('beta').data
  const standbyData = data.seen ? seen({ ...data.value, startConf: given.startConf }) : data
  const pair = {
    id: 'pair-1',
    slug: 'ledger',
    profileId: profile.id,
    scope: given.scope,
    settings: input.settings,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    isPaired: false,
    formerPrimary: 'none' as const,
  }
  return { profile, hosts, input, server, standbyData, pair, operationId }
}

function createPlanOf(given: Ground): Plan {
  const { server, standbyData, ...ground } = groundOf(given)
  const facts = createFactsOf({
    primary: hostFactsOf('alpha', { server: seen(server) }),
    standby: hostFactsOf('beta', { data: standbyData }),
  })
  return planCreate({ ...ground, facts }, now)
}

function promotePlanOf(given: Ground): Plan {
  const { server, standbyData, ...ground } = groundOf(given)
  const standby = serverFacts({ versionNum: given.versionNum, inRecovery: true, receiverStatus: 'streaming' })
  const facts = {
    standby: hostFactsOf('beta', { server: seen(standby), data: standbyData }),
    primary: given.isDead ? unreachableHost : hostFactsOf('alpha', { server: seen(server) }),
    primaryAtRest: null,
    primaryFromStandby: given.isDead ? ('no-response' as const) : ('accepting' as const),
    pinnedIdentifier: standby.systemIdentifier,
    lossSentence: 'A promotion now would lose nothing of the database.',
  }
  return planPromote({ ...ground, facts }, now)
}

/** Many grounds, and their plans, made once for all that is asked of them. */
const grounds = fc.sample(anyGround, 80).map((given) => ({
  given,
  create: createPlanOf(given),
  promote: promotePlanOf(given),
}))
type Made = (typeof grounds)[number]

/** Names the ground in what fails on it. */
function forEach(select: (made: Made) => readonly Plan[], verify: (plan: Plan, given: Ground) => void): void {
  for (const made of grounds)
    for (const plan of select(made))
      try {
        verify(plan, made.given)
      } catch (error) {
        throw new Error(`${plan.kind} on ${JSON.stringify(made.given)}`, { cause: error })
      }
}
const plansOf = ({ create, promote }: Made) => [create, promote]
const forEveryPlan = (verify: (plan: Plan, given: Ground) => void) => forEach(plansOf, verify)
const forEveryCreate = (verify: (plan: Plan, given: Ground) => void) =>
  forEach(({ create }) => [create], verify)
const forEveryPromote = (verify: (plan: Plan, given: Ground) => void) =>
  forEach(({ promote }) => [promote], verify)
const idsOf = ({ steps }: Plan) => steps.map(({ id }) => id)
const textOf = ({ preview }: PlannedStep) =>
  preview.map((line) => (line.kind === 'file' ? line.diff : line.text)).join('\n')

/** Where both are in the plan, the first comes before the second. */
function verifyOrder(plan: Plan, ...order: readonly string[]): void {
  const places = order.map((id) => idsOf(plan).indexOf(id)).filter((place) => place >= 0)
  expect(places, order.join(' → ')).toEqual(places.toSorted((a, b) => a - b))
}

describe('every plan', () => {
  test('has steps with stable names of their own, a title in one line, a host, limits and at least one line of preview', () => {
    forEveryPlan((plan) => {
      expect(new Set(idsOf(plan)).size).toBe(plan.steps.length)
      for (const step of plan.steps) {
        expect(step.id).toMatch(/^[a-z]+(-[a-z]+)*$/)
        expect(step.title).toMatch(/^\S[^\n]*[^.\s]$/)
        expect(['primary', 'standby', 'here']).toContain(step.host)
        expect(step.preview.length, step.id).toBeGreaterThan(0)
        expect(textOf(step), step.id).toMatch(/\S/)
        expect(step.timeoutMs, step.id).toBeGreaterThanOrEqual(10_000)
        expect(step.attemptsMax, step.id).toBeGreaterThanOrEqual(1)
      }
    })
  })

  test('says of each step what an undo does, in a sentence', () => {
    forEveryPlan((plan) => {
      for (const { id, undoSentence } of plan.steps) expect(undoSentence, id).toMatch(/^[A-Z][^\n]*\.$/)
    })
  })

  test('takes no irreversible step that claims to be undone', () => {
    forEveryPlan((plan) => {
      for (const { id, irreversible, undo } of plan.steps)
        if (irreversible) expect(undo, id).toBe('forward-only')
    })
  })

  test('shows no value that was not found, and no secret', () => {
    forEveryPlan((plan) => {
      const text = JSON.stringify(plan.steps)
      expect(text).not.toMatch(/undefined|\[object|NaN|null\/|password '(?!SCRAM-SHA-256\$…)/)
    })
  })

  test('shows commands in the form in which they run: as root, as the owner of the database, or as who signed in', () => {
    forEveryPlan((plan) => {
      for (const step of plan.steps)
        for (const line of step.preview)
          if (line.kind === 'command') expect(line.text).toMatch(/^(# |postgres\$ |\$ )\S/)
    })
  })

  test('survives the store: read back as JSON it is the same', () => {
    forEveryPlan((plan) => expect(JSON.parse(JSON.stringify(plan))).toEqual(plan))
  })

  test('names both hosts by their ids and carries the id that marks what it puts aside', () => {
    forEveryPlan((plan) => {
      expect(plan.hosts).toEqual({ primary: 'id-alpha', standby: 'id-beta' })
      expect(plan.operationId).toBe(operationId)
      expect(plan.madeAt).toBe('2026-11-23T03:00:00.000Z')
    })
  })
})

describe('the plan of a create', () => {
  test('can be taken back wholly: no step is irreversible, forward only or left to the operator', () => {
    forEveryCreate((plan) => {
      for (const { id, irreversible, undo } of plan.steps) {
        expect(irreversible, id).toBe(false)
        expect(['undo', 'nothing-to-undo'], id).toContain(undo)
      }
    })
  })

  test('proves the hosts first and records the pair last', () => {
    forEveryCreate((plan) => {
      expect(idsOf(plan)[0]).toBe('prove-hosts')
      expect(idsOf(plan).at(-1)).toBe('mark-paired')
    })
  })

  test('stops the old server only when the copy is complete, and moves nothing under a server that runs', () => {
    forEveryCreate((plan) => {
      verifyOrder(plan, 'base-backup', 'configure-copy', 'stop-application', 'stop-postgres', 'put-aside')
      verifyOrder(plan, 'put-aside', 'place-copy', 'standby-access-rules', 'start-standby', 'see-streaming')
    })
  })

  test('lets the standby in before it copies, and schedules copies only after the first', () => {
    forEveryCreate((plan) => {
      verifyOrder(
        plan,
        'replication-roles',
        'primary-access-rules',
        'restart-primary',
        'password-file',
        'base-backup',
      )
      verifyOrder(
        plan,
        'sync-runner',
        'sync-key',
        'sync-access',
        'directories-aside',
        'first-copy',
        'sync-schedule',
      )
      verifyOrder(plan, 'see-streaming', 'first-copy')
    })
  })

  test('touches neither the database nor the files where they are left out', () => {
    forEveryCreate((plan, { scope }) => {
      const ids = idsOf(plan)
      expect(ids.includes('base-backup')).toBe(scope.database)
      expect(ids.includes('stop-postgres')).toBe(scope.database)
      expect(ids.includes('first-copy')).toBe(scope.files)
      expect(ids.includes('sync-schedule')).toBe(scope.files)
    })
  })

  test('restarts the primary exactly where a setting needs it', () => {
    forEveryCreate((plan, { scope, listens, walLevel, isIpv6 }) => {
      const isHeard = listens === '*' || (listens === '10.7.0.11' && !isIpv6)
      const needs = walLevel === 'minimal' || !isHeard
      expect(idsOf(plan).includes('restart-primary')).toBe(scope.database && needs)
    })
  })

  test('lets exactly the standby’s address replicate, over TLS alone where the server has it', () => {
    forEveryCreate((plan, { scope, isTls, isIpv6 }) => {
      const step = plan.steps.find(({ id }) => id === 'primary-access-rules')
      expect(step !== undefined).toBe(scope.database)
      if (!scope.database) return
      const lines = step ? textOf(step).split('\n') : []
      const network = isIpv6 ? 'fd00::12/128' : '10.7.0.12/32'
      expect(lines.filter((line) => /\breplication\b/.test(line) && !line.startsWith('+#'))).toEqual([
        `+${isTls ? 'hostssl' : 'host'} replication understudy_repl ${network} scram-sha-256`,
      ])
    })
  })

  test('keeps the wanted WAL in the setting that the version knows', () => {
    forEveryCreate((plan, { scope, versionNum, walKeepSegments }) => {
      if (!scope.database) return
      const step = plan.steps.find(({ id }) => id === 'wal-settings')
      const wanted =
        versionNum < 130000
          ? `alter system set wal_keep_segments = '${walKeepSegments}'`
          : `alter system set wal_keep_size = '${walKeepSegments * 16}MB'`
      expect(step && textOf(step)).toContain(wanted)
    })
  })
})

describe('the plan of a promotion', () => {
  test('has one point of no return, and everything that protects the old primary comes before it', () => {
    forEveryPromote((plan) => {
      expect(plan.steps.filter(({ irreversible }) => irreversible).map(({ id }) => id)).toEqual([
        'promote-standby',
      ])
      verifyOrder(
        plan,
        'await-stream',
        'stop-old-application',
        'fence-primary',
        'receive-rest',
        'promote-standby',
      )
      verifyOrder(plan, 'fence-primary', 'final-pull', 'stop-sync', 'promote-standby', 'exchange-roles')
      verifyOrder(plan, 'promote-standby', 'start-application')
    })
  })

  test('fences a primary that answers, and never claims to have fenced one that does not', () => {
    forEveryPromote((plan, { isDead }) => {
      expect(idsOf(plan).includes('fence-primary')).toBe(!isDead)
      const exchange = plan.steps.find(({ id }) => id === 'exchange-roles')
      expect(exchange && textOf(exchange)).toContain(isDead ? 'could not be fenced' : 'is fenced')
    })
  })

  test('stops files from flowing to the host that will be written to, wherever there are files', () => {
    forEveryPromote((plan, { scope, isDead }) => {
      expect(idsOf(plan).includes('stop-sync')).toBe(scope.files)
      expect(idsOf(plan).includes('final-pull')).toBe(scope.files && !isDead)
    })
  })

  test('begins its warnings with what is lost, and asks for words that name the host', () => {
    forEveryPromote((plan) => {
      expect(plan.warnings[0]).toBe('A promotion now would lose nothing of the database.')
      expect(plan.acknowledgement).toBe('promote beta and accept the loss')
    })
  })

  test('starts the application only where the profile has one', () => {
    forEveryPromote((plan, { hasApplication }) => {
      expect(idsOf(plan).includes('start-application')).toBe(hasApplication)
    })
  })
})

describe('a worker that takes up a stored plan', () => {
  const portsFor = ({ profile, hosts, pair }: ReturnType<typeof groundOf>): OperationPorts => ({
    doors: {
      door: () => {
        throw new Error('opening an operation asks nothing of a host')
      },
    },
    hosts: { find: async (id) => Object.values(hosts).find((one) => one.id === id) ?? null },
    pairs: {
      find: async () => pair,
      update: async () => undefined,
      secret: async () => null,
      setSecret: async () => undefined,
    },
    operations: { find: async () => null },
    dashboard: { identity: async () => 'a test', machine: 'test' },
    profile: () => profile,
    makePassword: () => 'x',
    scramVerifier: () => 'x',
    clock: { now: () => now },
  })
  const stored = (plan: Plan, input: unknown) => ({
    id: plan.operationId,
    pairId: plan.pairId,
    kind: plan.kind,
    state: 'queued' as const,
    plan: JSON.parse(JSON.stringify(plan)),
    input: JSON.parse(JSON.stringify(input)),
    reason: '',
    startedBy: 'ann',
    createdAt: plan.madeAt,
    endedAt: null,
  })

  test('builds the very steps that the plan showed, with an undo exactly where one was promised', async () => {
    for (const made of grounds.slice(0, 20)) {
      const { given } = made
      const ground = groundOf(given)
      const lazyDoor = { ...portsFor(ground), doors: { door: () => ({}) as never } }
      for (const plan of plansOf(made)) {
        const open = plan.kind === 'create' ? openCreate : openPromote
        const { steps } = await open(stored(plan, ground.input), lazyDoor)
        expect(steps.map(({ planned }) => planned)).toEqual(plan.steps)
        for (const step of steps)
          expect(step.undo !== undefined, step.planned.id).toBe(step.planned.undo === 'undo')
      }
    }
  })

  test('fails in a sentence when the pair or a host is not registered any more', async () => {
    const [made] = grounds
    if (!made) throw new Error('no ground')
    const ground = groundOf(made.given)
    const ports = portsFor(ground)
    for (const plan of plansOf(made)) {
      const open = plan.kind === 'create' ? openCreate : openPromote
      const operation = stored(plan, ground.input)
      const withoutPair = { ...ports, pairs: { ...ports.pairs, find: async () => null } }
      const withoutHost = { ...ports, hosts: { find: async () => null } }
      for (const broken of [withoutPair, withoutHost])
        await expect(open(operation, broken)).rejects.toMatchObject({
          code: 'NOT_FOUND',
          message: expect.stringMatching(/not registered any more\.$/),
          fix: expect.stringMatching(/\.$/),
        })
    }
  })

  test('refuses a stored plan whose facts can’t be read', async () => {
    const [made] = grounds
    if (!made) throw new Error('no ground')
    const ground = groundOf(made.given)
    for (const plan of plansOf(made)) {
      const open = plan.kind === 'create' ? openCreate : openPromote
      const spoiled = stored({ ...plan, facts: { primary: 'nothing' } }, ground.input)
      await expect(open(spoiled, portsFor(ground))).rejects.toThrow()
    }
  })
})
