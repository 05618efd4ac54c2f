import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actionGroundOf } from '@/lib/domain/actions/action'
import { actionRules, canDo } from '@/lib/domain/actions/permissions'
import { decideVerdict } from '@/lib/domain/decide-verdict'
import { nothingWitnessed, witness } from '@/lib/domain/fork-witness'
import type { Observation } from '@/lib/domain/observation'
import { inFlightStates, standingStates } from '@/lib/domain/operation-state'
import { emptyHistory, remember } from '@/lib/domain/pair-history'
import { actionIds, hasStandby, type PairState, stateTable } from '@/lib/domain/states'
import type { Verdict } from '@/lib/domain/verdict'
import type { VerdictInput } from '@/lib/domain/verdict-ground'
import { anyChanges, anyPair } from '@/test/harness/any-observation'
import { hostNames, limits, observationOf, observedAt, pair } from '@/test/harness/observations'

/** Some looks, one each second, at whatever may be seen, with or without an operation. */
const anyLooks = fc
  .array(anyChanges, { minLength: 1, maxLength: 4 })
  .map((all) =>
    all.map((changes, index) =>
      observationOf(changes, new Date(Date.parse(observedAt) + index * 1000).toISOString()),
    ),
  )
const anyOperation: fc.Arbitrary<VerdictInput['operation']> = fc.option(
  fc.record({
    kind: fc.constantFrom('create' as const, 'promote' as const),
    state: fc.constantFrom(...inFlightStates, ...standingStates),
    startedBy: fc.constant('ann'),
  }),
  { nil: null, freq: 5 },
)
const groundOf = (verdict: Verdict, change: Input['change']) =>
  actionGroundOf(verdict, { ...change, settings: pair.settings })

const anyInput = fc.record({ looks: anyLooks, change: anyPair, operation: anyOperation })
type Input = typeof anyInput extends fc.Arbitrary<infer T> ? T : never

function inputOf(
  { looks, change, operation }: Input,
  previous: VerdictInput['previous'] = null,
): VerdictInput {
  const observation = looks.at(-1)
  if (!observation) throw new Error('at least one look')
  return {
    pair: { ...pair, ...change },
    hostNames,
    limits,
    leftOut: [],
    operation,
    previous,
    observation,
    history: looks.reduce(remember, emptyHistory),
    witness: looks.reduce((known, look) => witness(known, pair.hosts, look), nothingWitnessed),
  }
}

const forAll = (
  verify: (verdict: Verdict, observation: Observation, input: Input) => void,
  inputs: fc.Arbitrary<Input> = anyInput,
) =>
  fc.assert(
    fc.property(inputs, (input) => {
      const given = inputOf(input)
      verify(decideVerdict(given), given.observation, input)
    }),
    { numRuns: 250 },
  )
/** One look only: what was seen a second before still counts for a moment. */
const forOneLook = (verify: Parameters<typeof forAll>[0]) =>
  forAll(
    verify,
    anyInput.map((input) => ({ ...input, looks: input.looks.slice(0, 1) })),
  )
const isWritable = ({ server }: Observation['hosts']['primary']) => server.seen && !server.value.inRecovery
const isStandby = ({ server }: Observation['hosts']['primary']) => server.seen && server.value.inRecovery

const roleSaid = ({ machine }: Observation['hosts']['primary']) =>
  machine.seen ? machine.value.fileRole : null

describe('whatever was seen, a verdict', () => {
  test('is the same for the same facts', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        expect(decideVerdict(inputOf(input))).toEqual(decideVerdict(inputOf(input)))
      }),
      { numRuns: 100 },
    )
  })

  test('survives the store: read back as JSON it is the same', () => {
    forAll((verdict) => expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict))
  })

  test('says of each “not ready” why, and gives no reason where it is ready', () => {
    forAll(({ readyForFailover, readyForSwitchover }) => {
      for (const readiness of [readyForFailover, readyForSwitchover])
        if (!readiness.ready) {
          expect(readiness.reasons.length).toBeGreaterThan(0)
          for (const reason of readiness.reasons) expect(reason).toMatch(/\S/)
        }
    })
  })

  test('states a loss that is never less than nothing, and says so when it is not known', () => {
    forAll(({ loss, lag }) => {
      expect(loss.sentence).toMatch(/^\S.*\.$/)
      for (const distance of [lag.receive, lag.replay]) {
        expect(distance.bytes ?? 0).toBeGreaterThanOrEqual(0)
        expect(distance.seconds ?? 0).toBeGreaterThanOrEqual(0)
      }
      if (lag.receive.bytes === null || lag.receive.seconds === null) expect(lag.unknownBecause).toMatch(/\S/)
      expect(loss.database.walBytes ?? 0).toBeGreaterThanOrEqual(0)
    })
  })

  test('offers as the next thing only what the table of states leaves open', () => {
    forAll((verdict, _observation, { change }) => {
      const { action, sentence } = verdict.nextAction
      if (action !== null) expect(canDo(action, groundOf(verdict, change))).toEqual({ allowed: true })
      expect(sentence).toMatch(/\S/)
    })
  })

  test('closes each action with a reason, or leaves it open', () => {
    forAll((verdict, _observation, { change }) => {
      for (const action of actionIds) {
        const permission = canDo(action, groundOf(verdict, change))
        if (!permission.allowed) expect(permission.reason).toMatch(/\S/)
        else expect(actionRules[action].byState[verdict.state]).toBe('open')
      }
    })
  })

  test('keeps the time when the state began, and forgets it with the state', () => {
    fc.assert(
      fc.property(
        anyInput,
        fc.constantFrom<PairState>('protected', 'degraded', 'unknown', 'no-primary'),
        (input, state) => {
          const previous = {
            state,
            since: '2026-11-25T10:00:00.000Z',
            lastProtectedAt: '2026-11-25T09:00:00.000Z',
          }
          const given = inputOf(input, previous)
          const verdict = decideVerdict(given)
          expect(verdict.since).toBe(verdict.state === state ? previous.since : given.observation.at)
          expect(verdict.lastProtectedAt).toBe(
            verdict.state === 'protected' ? given.observation.at : previous.lastProtectedAt,
          )
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('the promises of the states', () => {
  test('working is said while an operation runs, and only then', () => {
    forAll(({ state }, _, { operation }) => {
      const isRunning = operation !== null && inFlightStates.some((inFlight) => inFlight === operation.state)
      expect(state === 'working').toBe(isRunning)
    })
  })

  test('an operation that stands is told among the reasons, whatever else there is to say', () => {
    forAll(({ reasons }, _, { operation }) => {
      if (!operation || !standingStates.some((standing) => standing === operation.state)) return
      expect(reasons.join(' ')).toContain(`stands as ${operation.state}.`)
    })
  })

  test('two primaries are said only where both are seen to accept writes', () => {
    forOneLook(({ state }, { hosts }, { change }) => {
      if (state !== 'two-primaries') return
      if (!change.scope.database) {
        expect([roleSaid(hosts.primary), roleSaid(hosts.standby)]).toEqual(['primary', 'primary'])
        return
      }
      expect(isWritable(hosts.primary) && isWritable(hosts.standby)).toBe(true)
    })
  })

  test('where both of a pair accept writes nothing calm is said, and nothing can be promoted', () => {
    forOneLook((verdict, { hosts }, { change, operation }) => {
      const isOf = change.isPaired && change.scope.database && operation === null
      if (!isOf || !isWritable(hosts.primary) || !isWritable(hosts.standby)) return
      expect(stateTable[verdict.state].tone).toBe('danger')
      expect(canDo('promote', groundOf(verdict, change)).allowed).toBe(false)
    })
  })

  test('a promotion is ready only where the standby’s own server is seen in recovery', () => {
    forOneLook(({ readyForFailover }, { hosts }, { change }) => {
      if (!readyForFailover.ready) return
      if (!change.scope.database) expect(roleSaid(hosts.standby)).toBe('standby')
      if (!change.scope.database) return
      expect(isStandby(hosts.standby)).toBe(true)
    })
  })

  test('a switchover is ready only where a failover is, and both hosts are seen in their roles', () => {
    forOneLook(({ readyForFailover, readyForSwitchover }, { hosts }, { change }) => {
      if (!readyForSwitchover.ready) return
      expect(readyForFailover.ready).toBe(true)
      expect(hosts.primary.machine.seen).toBe(true)
      if (change.scope.database) expect(isWritable(hosts.primary)).toBe(true)
    })
  })

  test('a state that leaves no sound standby closes both', () => {
    const without: readonly PairState[] = [
      'unpaired',
      'standby-lost',
      'diverged',
      'two-primaries',
      'unprotected',
    ]
    forOneLook(({ state, readyForFailover, readyForSwitchover }) => {
      if (!without.includes(state) && hasStandby(state)) return
      expect(readyForFailover.ready).toBe(false)
      expect(readyForSwitchover.ready).toBe(false)
    })
  })

  test('roles are only those that were seen', () => {
    forOneLook(({ rolesSeen }, { hosts }, { change }) => {
      for (const role of ['primary', 'standby'] as const) {
        if (!change.scope.database) {
          const said = roleSaid(hosts[role])
          expect(rolesSeen[role]).toBe(said === 'former' ? 'stopped' : (said ?? 'unknown'))
          continue
        }
        if (isWritable(hosts[role])) expect(rolesSeen[role]).toBe('primary')
        if (isStandby(hosts[role])) expect(rolesSeen[role]).toBe('standby')
        if (!hosts[role].server.seen) expect(['stopped', 'unknown']).toContain(rolesSeen[role])
      }
    })
  })

  test('nothing is called fine while a server of the pair is not seen', () => {
    forOneLook(({ state }, { hosts }, { change }) => {
      if (!change.isPaired || !change.scope.database) return
      if (hosts.primary.server.seen && hosts.standby.server.seen) return
      expect(stateTable[state].tone).not.toBe('fine')
    })
  })
})
