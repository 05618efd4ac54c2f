import { describe, expect, test } from 'vitest'
import type { Plan, PlannedStep } from '@/lib/domain/operation'
import { openAdopt } from '@/lib/operations/adopt/open-adopt'
import { openChange } from '@/lib/operations/change-settings/open-change'
import { openCreate } from '@/lib/operations/create/open-create'
import { openDrill } from '@/lib/operations/drill/open-drill'
import { openFence } from '@/lib/operations/fence/open-fence'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { openPause } from '@/lib/operations/pause/open-pause'
import { openPromote } from '@/lib/operations/promote/open-promote'
import { openRepair } from '@/lib/operations/repair/open-repair'
import { openSwitchover } from '@/lib/operations/switchover/open-switchover'
import { openSync } from '@/lib/operations/sync/open-sync'
import { openUnpair } from '@/lib/operations/unpair/open-unpair'
import { memoryDrills } from '@/test/harness/drills'
import {
  forEveryCreate,
  forEveryPlan,
  forEveryPromote,
  groundOf,
  grounds,
  operationId,
  plansOf,
} from '@/test/harness/plan-variants'

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
      for (const { id, undoSentence } of plan.steps)
        expect(undoSentence, id).toMatch(/^([A-Z]|alpha |beta )[^\n]*\.$/)
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
    forEveryCreate((plan, { scope, packages }) => {
      const ids = idsOf(plan)
      expect(ids.includes('base-backup')).toBe(scope.database)
      expect(ids.includes('stop-postgres')).toBe(scope.database)
      expect(ids.includes('first-copy')).toBe(scope.files)
      // Packages are asked for by the same key and schedule.
      expect(ids.includes('sync-schedule')).toBe(scope.files || packages.length > 0)
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
    forEveryPromote((plan, { scope }) => {
      const noReturn = scope.database ? 'promote-standby' : 'promote-files'
      expect(plan.steps.filter(({ irreversible }) => irreversible).map(({ id }) => id)).toEqual([noReturn])
      verifyOrder(plan, 'stop-old-application', 'fence-files', 'final-pull', 'stop-sync', 'promote-files')
      verifyOrder(
        plan,
        'await-stream',
        'stop-old-application',
        'fence-primary',
        'receive-rest',
        'promote-standby',
      )
      verifyOrder(plan, 'fence-primary', 'final-pull', 'stop-sync', 'promote-standby', 'exchange-roles')
      verifyOrder(plan, noReturn, 'exchange-roles', 'start-application')
    })
  })

  test('fences a primary that answers, and never claims to have fenced one that does not', () => {
    forEveryPromote((plan, { primary, scope }) => {
      const isFound = scope.database ? ['answers', 'hangs'].includes(primary) : primary !== 'dead'
      expect(idsOf(plan).includes('fence-primary')).toBe(isFound && scope.database)
      expect(idsOf(plan).includes('fence-files')).toBe(isFound && !scope.database)
      const exchange = plan.steps.find(({ id }) => id === 'exchange-roles')
      expect(exchange && textOf(exchange)).toContain(isFound ? 'is fenced' : 'could not be fenced')
    })
  })

  test('kills a primary that hangs before anything is done there, and keeps one without its data from starting', () => {
    forEveryPromote((plan, { primary, scope }) => {
      expect(idsOf(plan)[0] === 'end-hung-primary').toBe(primary === 'hangs' && scope.database)
      expect(idsOf(plan).includes('hold-old-primary')).toBe(primary === 'without-data' && scope.database)
      verifyOrder(plan, 'stop-old-application', 'hold-old-primary', 'final-pull', 'promote-standby')
    })
  })

  test('asks and touches no PostgreSQL where the database is left out', () => {
    forEveryPlan((plan, { scope }) => {
      if (scope.database) return
      const previews = plan.steps.flatMap(({ preview }) => preview)
      const run = previews.flatMap((line) => (line.kind === 'command' ? [line.text] : []))
      const written = [...plan.steps.map(({ title }) => title), ...run].join('\n')
      expect(written).not.toMatch(/postgres|pg_|psql/i)
      expect(previews.some(({ kind }) => kind === 'sql')).toBe(false)
    })
  })

  test('stops files from flowing to the host that will be written to, wherever there are files, and packages from being installed there', () => {
    forEveryPromote((plan, { scope, primary, packages }) => {
      expect(idsOf(plan).includes('stop-sync')).toBe(scope.files || packages.length > 0)
      expect(idsOf(plan).includes('final-pull')).toBe(scope.files && primary !== 'dead')
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
  const opens = {
    adopt: openAdopt,
    create: openCreate,
    promote: openPromote,
    drill: openDrill,
    fence: openFence,
    're-pair': openRepair,
    switchover: openSwitchover,
    pause: openPause,
    sync: openSync,
    resume: openPause,
    'change-settings': openChange,
    unpair: openUnpair,
  }
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
    drills: memoryDrills(),
    dashboard: { identity: async () => 'a test', machine: 'test' },
    profile: () => profile,
    makePassword: () => 'x',
    scramVerifier: () => 'x',
    clock: { now: () => new Date(0) },
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
        const open = opens[plan.kind]
        const { steps } = await open(stored(plan, ground.input), lazyDoor)
        expect(steps.map(({ planned }) => planned)).toEqual(plan.steps)
        // Where there is nothing to undo, a step may still have to make whole what stays.
        for (const { planned, undo } of steps)
          if (planned.undo !== 'nothing-to-undo')
            expect(undo !== undefined, planned.id).toBe(planned.undo === 'undo')
      }
    }
  })

  test('fails in a sentence when the pair or a host is not registered any more', async () => {
    const [made] = grounds
    if (!made) throw new Error('no ground')
    const ground = groundOf(made.given)
    const ports = portsFor(ground)
    for (const plan of plansOf(made)) {
      const open = opens[plan.kind]
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
      const open = opens[plan.kind]
      const spoiled = stored({ ...plan, facts: { primary: 'nothing' } }, ground.input)
      await expect(open(spoiled, portsFor(ground))).rejects.toThrow()
    }
  })
})
