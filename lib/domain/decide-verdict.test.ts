import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { decideVerdict } from '@/lib/domain/decide-verdict'
import { nothingWitnessed, witness } from '@/lib/domain/fork-witness'
import type { Observation } from '@/lib/domain/observation'
import type { Pair } from '@/lib/domain/pair'
import { emptyHistory, remember } from '@/lib/domain/pair-history'
import { pairStates, stateTable } from '@/lib/domain/states'
import type { VerdictInput } from '@/lib/domain/verdict-ground'
import { anyChanges, anyPair } from '@/test/harness/any-observation'
import { type Changes, hostNames, limits, observationOf, observedAt, pair } from '@/test/harness/observations'

type Scenario = {
  name: string
  at?: string
  pair?: Partial<Pair>
  operation?: VerdictInput['operation']
  before?: Changes
  now: Changes
  expect: {
    state: string
    reason?: string
    reasons?: number
    action?: string
    failover: boolean
    switchover?: boolean
    loss?: string
  }
}

const scenarios: Scenario[] = parse(
  readFileSync(fileURLToPath(new URL('../../test/recorded/scenarios.yaml', import.meta.url)), 'utf8'),
)

const secondBefore = (at: string) => new Date(Date.parse(at) - 1000).toISOString()

function decide(observations: readonly Observation[], more: Partial<VerdictInput> = {}) {
  const observation = observations.at(-1)
  if (!observation) throw new Error('at least one observation')
  return decideVerdict({
    pair,
    hostNames,
    limits,
    leftOut: [],
    operation: null,
    previous: null,
    ...more,
    observation,
    history: observations.reduce(remember, emptyHistory),
    witness: observations.reduce((known, look) => witness(known, pair.hosts, look), nothingWitnessed),
  })
}

test('of a pair that was taken apart while a host was away the host is named, and cleaned up next', () => {
  const owed = [{ hostId: pair.hosts.standby, leave: 'stopped', since: observedAt }] as const
  const verdict = decide([observationOf({ standbyMachine: { unseen: 'HOST_UNREACHABLE' } })], {
    pair: { ...pair, isPaired: false, owed },
  })
  expect(verdict.state).toBe('unpaired')
  expect(verdict.reasons[0]).toBe(
    `The hosts are no pair any more; what the pair put on ${hostNames.standby}, which was away then, is still there.`,
  )
  expect(verdict.nextAction).toEqual({
    action: 'unpair',
    sentence: 'It is cleaned as soon as the host answers.',
  })
})

test('there are at least 30 scenarios, and every state is reached by one', () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(30)
  const reached = new Set(scenarios.map((scenario) => scenario.expect.state))
  // Catching up needs a history of some seconds: it has its own test below.
  expect([...pairStates].filter((state) => !reached.has(state))).toEqual(['catching-up'])
})

test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_name, scenario) => {
  const at = scenario.at ?? observedAt
  const verdict = decide(
    [observationOf(scenario.before, secondBefore(at)), observationOf(scenario.now, at)],
    {
      pair: { ...pair, ...scenario.pair },
      operation: scenario.operation ?? null,
    },
  )
  const wanted = scenario.expect
  expect(verdict.state, verdict.reasons.join('\n')).toBe(wanted.state)
  expect(verdict.reasons.join('\n')).toContain(wanted.reason ?? '')
  if (wanted.reasons !== undefined) expect(verdict.reasons).toHaveLength(wanted.reasons)
  expect(verdict.nextAction.action).toBe(wanted.action ?? null)
  expect(verdict.readyForFailover.ready).toBe(wanted.failover)
  if (wanted.switchover !== undefined) expect(verdict.readyForSwitchover.ready).toBe(wanted.switchover)
  expect(verdict.loss.sentence).toContain(wanted.loss ?? '')
})

/** The standby replays `pace` bytes a second, the primary stands still far ahead of it. */
function backlog(pace: number) {
  return Array.from({ length: 60 }, (_, second) => {
    const at = new Date(Date.parse(observedAt) + second * 1000).toISOString()
    const replayed = 0x5000100 + second * pace
    const lsn = second === 0 ? '0/5000100' : '0/9000100'
    return observationOf(
      {
        primaryServer: { currentLsn: lsn, oldestWalLsn: '0/1000000' },
        standbyServer: { receivedLsn: lsn, replayedLsn: `0/${replayed.toString(16).toUpperCase()}` },
        standbyMachine: { directories: [] },
      },
      at,
    )
  })
}
const databaseOnly = { pair: { ...pair, scope: { database: true, files: false } } }

test('replay over its limit and closing in is catching up', () => {
  const verdict = decide(backlog(1000), databaseOnly)
  expect(verdict.state).toBe('catching-up')
  expect(verdict.lag.receive).toEqual({ bytes: 0, seconds: 0 })
  expect(verdict.lag.replay.seconds).toBeGreaterThan(50)
})

test('replay over its limit and not closing in is degraded', () => {
  const verdict = decide(backlog(0), databaseOnly)
  expect(verdict.state).toBe('degraded')
  expect(verdict.readyForSwitchover.ready).toBe(false)
})

test('a state keeps the time when it began, and remembers when the pair was last protected', () => {
  const previous = { state: 'protected', since: '2026-11-25T10:00:00.000Z', lastProtectedAt: null } as const
  expect(decide([observationOf()], { previous })).toMatchObject({
    since: previous.since,
    lastProtectedAt: observedAt,
  })
  const cron = observationOf({ standbyMachine: { cronRunning: false } })
  expect(
    decide([cron], { previous: { ...previous, lastProtectedAt: '2026-11-25T14:07:30.000Z' } }),
  ).toMatchObject({
    state: 'degraded',
    since: observedAt,
    lastProtectedAt: '2026-11-25T14:07:30.000Z',
  })
})

test('a host that stays unseen is no longer taken as it was', () => {
  const late = new Date(Date.parse(observedAt) + 1600).toISOString()
  const silent = observationOf(
    { primaryServer: { unseen: 'POSTGRES_TIMED_OUT' }, standbyMachine: { peerPostgres: 'accepting' } },
    late,
  )
  expect(decide([observationOf(), silent], databaseOnly).state).toBe('degraded')
})

test('whatever is seen, the verdict has a reason in sentences and a next thing to do', () => {
  fc.assert(
    fc.property(anyChanges, anyPair, (changes, change) => {
      const verdict = decide([observationOf(changes)], { pair: { ...pair, ...change } })
      expect(verdict.reasons.length).toBeGreaterThan(0)
      for (const reason of verdict.reasons) expect(reason).toMatch(/^\S.*[.)]$/)
      expect(verdict.nextAction.sentence).not.toBe('')
      expect(stateTable[verdict.state]).toBeDefined()
    }),
    { numRuns: 1000 },
  )
})

test('a primary that is seen accepting writes, or that the standby hears or reaches, is never called down', () => {
  fc.assert(
    fc.property(anyChanges, (changes) => {
      const observation = observationOf(changes)
      const { state } = decide([observation], databaseOnly)
      if (state !== 'no-primary') return
      const { primary, standby } = observation.hosts
      if (primary.server.seen) expect(primary.server.value.inRecovery).toBe(true)
      if (!primary.server.seen && standby.server.seen && standby.server.value.inRecovery) {
        // What is left of a stream weighs nothing where the primary's own host says that no PostgreSQL runs there.
        const isGone = primary.machine.seen && primary.machine.value.postgresProcess === 'absent'
        if (!isGone) expect(standby.server.value.receiver?.lastMessageAgeSeconds ?? 1).toBeGreaterThan(0.5)
        expect(standby.machine.seen && standby.machine.value.peerPostgres).toBe('no-response')
      }
    }),
    { numRuns: 1000 },
  )
})

test('protected is only said with both servers seen, one of each role, and WAL arriving', () => {
  fc.assert(
    fc.property(anyChanges, (changes) => {
      const observation = observationOf(changes)
      if (decide([observation], databaseOnly).state !== 'protected') return
      const { primary, standby } = observation.hosts
      expect(primary.server.seen && !primary.server.value.inRecovery).toBe(true)
      expect(standby.server.seen && standby.server.value.receiver?.status).toBe('streaming')
    }),
    { numRuns: 1000 },
  )
})
