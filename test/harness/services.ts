import { execFile } from 'node:child_process'
import { passwords } from '@/lib/auth/passwords'
import type { Host } from '@/lib/domain/host'
import type { Plan } from '@/lib/domain/operation'
import type { Actor, UserRole } from '@/lib/domain/user'
import type { FoundReplicationView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import { readProfiles } from '@/lib/io/profiles/read-profiles'
import type { AccessProbe, AccessTested, AccessToTest, CommandResult, Doors } from '@/lib/ports/host-door'
import type { Planners } from '@/lib/ports/planners'
import type { Store } from '@/lib/ports/store'
import type { ServiceContext } from '@/lib/services/context'
import type { Clock } from '@/lib/time'
import { aFoundReplication } from '@/test/harness/adoption'
import { planOf } from '@/test/harness/operation-events'
import { root } from '@/test/repository/source-files'

/** What a machine of a test shows, by `address:port`; the doors themselves are proved on real hosts. */
export type TestMachine = {
  hostKey: string
  fingerprint: string
  password: string
  tested: Omit<AccessTested, 'fingerprint'>
}

export type TestGround = {
  readonly ground: Omit<ServiceContext, 'actor' | 'origin'>
  readonly machines: Map<string, TestMachine>
  /** Every credential that was sent to a machine. */
  readonly attempts: AccessToTest[]
  /** Hosts whose kept connection was dropped. */
  readonly dropped: string[]
  /** What the next plan is; `operationId` and `hosts` come from the verb. */
  plan: Plan
  /** What is found between two hosts that are no pair. */
  found: FoundReplicationView
  as(role: UserRole, name?: string): ServiceContext
}

export const fingerprintOf = (letter: string) => `SHA256:${letter.repeat(43)}`

export function testMachine(letter: string, over: Partial<TestMachine> = {}): TestMachine {
  return {
    hostKey: `ssh-ed25519 ${letter.repeat(68)}`,
    fingerprint: fingerprintOf(letter),
    password: `password of ${letter}`,
    tested: {
      hostname: `machine-${letter.toLowerCase()}`,
      privilege: 'root',
      operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
      machineId: letter.toLowerCase().repeat(32),
      home: '/root',
    },
    ...over,
  }
}

/** The context of verbs over a real store and the real profiles, with machines and plans that a test sets. */
export async function createTestGround(store: Store, clock: Clock): Promise<TestGround> {
  const machines: TestGround['machines'] = new Map()
  const attempts: AccessToTest[] = []
  const dropped: string[] = []
  const test: TestGround = {
    machines,
    attempts,
    dropped,
    plan: planOf([]),
    found: aFoundReplication,
    ground: {
      store,
      clock,
      passwords,
      ...(await readProfiles([`${root}/lib/profiles`])),
      access: testAccess(machines, attempts),
      doors: testDoors(dropped),
      planners: testPlanners(
        () => test.plan,
        () => test.found,
      ),
    },
    as: (role, name = `${role}@example.org`) => ({
      ...test.ground,
      actor: { kind: 'user', id: name, name, role } satisfies Actor,
      origin: '192.0.2.7',
    }),
  }
  return test
}

function testAccess(machines: TestGround['machines'], attempts: AccessToTest[]): AccessProbe {
  const find = (address: string, port: number) => {
    const machine = machines.get(`${address}:${port}`)
    if (!machine) throw new AppError('HOST_UNREACHABLE', `${address} does not answer.`, { fix: 'Check it.' })
    return machine
  }
  return {
    readHostKey: async (address, port) => {
      const { hostKey, fingerprint } = find(address, port)
      return { hostKey, fingerprint }
    },
    testAccess: async (access) => {
      const { tested, fingerprint, password, hostKey } = find(access.address, access.port)
      if (access.hostKey !== hostKey)
        throw new AppError('HOST_KEY_CHANGED', `${access.address} shows the host key ${fingerprint}.`, {
          fix: 'Compare it.',
        })
      attempts.push(access)
      if (access.secret.password !== password)
        throw new AppError('HOST_AUTH_FAILED', `${access.address} refused the password.`, {
          fix: 'Check it.',
        })
      return { ...tested, fingerprint }
    },
  }
}

/** Commands run in a real shell, on the machine of the test itself. */
function testDoors(dropped: string[]): Doors {
  const refuse = () => Promise.reject(new AppError('INTERNAL', 'A test’s door can only run commands.'))
  const run = (text: string) =>
    new Promise<CommandResult>((resolve, reject) => {
      execFile('/bin/sh', ['-c', text], { maxBuffer: 32 * 1024 * 1024 }, (error, stdout, stderr) =>
        error ? reject(error) : resolve({ exitCode: 0, stdout, stderr, tookMs: 1 }),
      )
    })
  return {
    door: (host: Host) => ({
      hostId: host.id,
      hostName: host.name,
      address: host.address,
      privilege: 'root',
      state: () => ({ state: 'connected', since: '2026-01-01T00:00:00.000Z' }),
      run: ({ text }) => run(text),
      runOrThrow: ({ text }) => run(text),
      ask: ({ text }) => run(text),
      writeFile: refuse,
      readFile: refuse,
      startJob: refuse,
      jobState: refuse,
      jobOutput: refuse,
      endJob: refuse,
      forgetJob: refuse,
      database: refuse,
    }),
    drop: (hostId) => {
      dropped.push(hostId)
    },
    close: async () => undefined,
  }
}

function testPlanners(plan: () => Plan, found: () => FoundReplicationView): Planners {
  return {
    readFound: async ({ hosts }) => ({
      facts: [
        {
          id: 'name',
          title: 'Name',
          values: { primary: hosts.primary.name, standby: hosts.standby.name },
          note: '',
        },
      ],
      isStandby: false,
    }),
    recognise: async () => found(),
    checkCreate: async () => plan().preflight,
    planCreate: async ({ operationId, input }) => ({
      ...plan(),
      kind: 'create',
      operationId,
      hosts: input.hosts,
      pairId: '',
    }),
    planOnPair: async ({ operation, operationId, pair, shown }) => {
      const { primary, standby } = pair.hosts
      // A fence is planned in the roles before the promotion.
      const hosts = operation === 'fence' ? { primary: standby, standby: primary } : pair.hosts
      // So is the real planner of a fence: it never answers with what was shown.
      const kept = operation === 'fence' ? null : shown
      return kept ?? { ...plan(), kind: operation, operationId, hosts, pairId: pair.id }
    },
  }
}
