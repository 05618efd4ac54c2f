import { expect, test } from 'vitest'
import type { Host } from '@/lib/domain/host'
import type { Plan } from '@/lib/domain/operation'
import { isStillAsPlanned } from '@/lib/operations/promote/is-still-as-planned'
import { type Changes, observationOf, pair } from '@/test/harness/observations'
import { planOf } from '@/test/harness/operation-events'
import { hostFactsOf, hostOf, serverFacts } from '@/test/harness/operation-facts'
import { aVerdict } from '@/test/harness/store-fixtures'

const systemIdentifier = '7440000000000000001'
const seen = <T>(value: T) => ({ seen: true as const, value })
const gone = { seen: false as const, why: { code: 'HOST_UNREACHABLE', message: 'gone', fix: 'Look.' } }

const alive = hostFactsOf('alpha', { server: seen(serverFacts({ systemIdentifier })) })
const dead = { ...alive, machine: gone, server: gone }
const standby = hostFactsOf('beta', {
  server: seen(serverFacts({ systemIdentifier, inRecovery: true, receiverStatus: 'streaming' })),
})

function shown(primary = alive, over: Partial<Plan> = {}): Plan {
  const facts = {
    standby,
    primary,
    primaryAtRest: null,
    primaryFromStandby: 'no-response',
    pinnedIdentifier: systemIdentifier,
    lossSentence: '',
  }
  return planOf([], { kind: 'promote', facts, ...over })
}

const latest = (changes: Changes = {}) => ({
  pairId: pair.id,
  observation: observationOf(changes),
  verdict: aVerdict,
})
const away: Changes = {
  primaryMachine: { unseen: 'HOST_UNREACHABLE' },
  primaryServer: { unseen: 'HOST_UNREACHABLE' },
}

const asRoot = { user: 'root', privilege: 'root' } as const
const hosts = { primary: hostOf('alpha', '10.7.0.11', asRoot), standby: hostOf('beta', '10.7.0.12', asRoot) }
const isStill = (plan: Plan, changes: Changes = {}, over: Partial<Host> = {}) =>
  isStillAsPlanned(
    plan,
    { pair, hosts: { ...hosts, standby: { ...hosts.standby, ...over } } },
    latest(changes),
  )

test('a plan is started as it was shown while both hosts are seen as it saw them', () => {
  expect(isStill(shown())).toBe(true)
  expect(isStill(shown(dead), away)).toBe(true)
})

test.each<[string, Plan, Changes]>([
  ['the primary answered and is gone', shown(), away],
  ['the primary was gone and answers', shown(dead), {}],
  ['the primary’s PostgreSQL stopped', shown(), { primaryServer: { unseen: 'POSTGRES_DOWN' } }],
  ['the primary became a standby', shown(), { primaryServer: { inRecovery: true } }],
  ['another server answers', shown(), { primaryServer: { systemIdentifier: '1' } }],
  ['the standby is gone', shown(), { standbyServer: { unseen: 'POSTGRES_DOWN' } }],
  ['the standby was promoted by hand', shown(), { standbyServer: { inRecovery: false } }],
  ['the standby stopped receiving', shown(), { standbyServer: { receiver: null } }],
])('where %s, the hosts are read again', (_what, plan, changes) => {
  expect(isStill(plan, changes)).toBe(false)
})

test.each<[string, Partial<Plan>]>([
  ['another kind', { kind: 'create' }],
  ['another pair', { pairId: 'pair-2' }],
  ['the roles the other way round', { hosts: { primary: 'host-b', standby: 'host-a' } }],
  ['facts of another version', { facts: { standby } }],
  [
    'a failed check',
    {
      preflight: [
        {
          id: 'x',
          title: 'X',
          host: 'standby',
          outcome: 'fail',
          evidence: 'It fails.',
          fix: 'Mend it.',
          canOverride: false,
        },
      ],
    },
  ],
])('a plan of %s is not taken', (_what, over) => {
  expect(isStill(shown(alive, over))).toBe(false)
})

test.each<[string, Partial<Host>]>([
  ['user', { user: 'ops', privilege: 'sudo' }],
  ['address', { address: '10.7.0.99' }],
  ['port', { port: 2222 }],
  ['privilege', { privilege: 'unprivileged' }],
])('a host that is reached with another %s by now is read again', (_what, over) => {
  expect(isStill(shown(), {}, over)).toBe(false)
})

test('a secret that was replaced meanwhile makes no other plan', () => {
  expect(isStill(shown(), {}, { authKind: 'password', accessRevision: 2 })).toBe(true)
})
