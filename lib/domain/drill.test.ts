import { describe, expect, test } from 'vitest'
import { concluded, drillSentences, whyPast, withCheck } from '@/lib/domain/drill'
import { asEnded } from '@/lib/domain/drill-ended'
import { operationStates } from '@/lib/domain/operation'
import { isInFlight } from '@/lib/domain/operation-state'
import { drillCheck, drillOf } from '@/test/harness/drills'

describe('what a drill came to', () => {
  test('is that it passed only where no check failed', () => {
    expect(concluded(drillOf())).toEqual({ outcome: 'passed', reason: '' })
    const failed = drillCheck({ id: 'amcheck', title: 'Indexes', outcome: 'failed', evidence: 'A hole.' })
    expect(concluded(drillOf({ checks: [drillCheck(), failed] }))).toEqual({
      outcome: 'failed',
      reason: 'Indexes: A hole.',
    })
  })

  test('is not made worse by what was left out or cut short', () => {
    const checks = [
      drillCheck({ id: 'a', outcome: 'left-out' }),
      drillCheck({ id: 'b', outcome: 'cut-short' }),
    ]
    expect(concluded(drillOf({ checks })).outcome).toBe('passed')
  })

  test('stays what decided it before, whatever the checks say', () => {
    const decided = { outcome: 'gave-way', reason: 'Replay was late.' } as const
    expect(concluded(drillOf(decided))).toEqual(decided)
  })
})

test('a check that is made again takes the place of its first answer', () => {
  const [one, two] = [drillCheck(), drillCheck({ id: 'amcheck' })]
  const again = drillCheck({ evidence: '13 tables.' })
  expect(withCheck([one, two], again)).toEqual([two, again])
})

test('nothing is tried any more once it is clear how it ends, or once it is being cleared up', () => {
  expect(whyPast(drillOf())).toBeNull()
  expect(whyPast(drillOf({ outcome: 'gave-way', reason: 'Replay was late.' }))).toBe(
    'It is past: the drill gave way. Replay was late.',
  )
  expect(whyPast(drillOf({ phase: 'clearing' }))).toBe('It is past: what was to be tried was tried.')
})

test('one whose operation has ended, or stands, without a word of it was broken off; one at work runs', () => {
  const endedAt = '2026-11-23T03:10:00.000Z'
  for (const state of operationStates) {
    const seen = asEnded(drillOf(), state, endedAt)
    expect([state, seen.outcome]).toEqual([state, isInFlight(state) ? 'running' : 'broken-off'])
  }
  const passed = drillOf({ outcome: 'passed', endedAt: '2026-11-23T03:05:00.000Z' })
  expect(asEnded(passed, 'succeeded', endedAt)).toEqual(passed)
})

describe('a drill in sentences', () => {
  test('tells every figure that it has, and what was left out is not counted', () => {
    const checks = [
      drillCheck(),
      drillCheck({ id: 'x', outcome: 'failed' }),
      drillCheck({ id: 'y', outcome: 'left-out' }),
    ]
    expect(drillSentences(drillOf({ checks }))).toEqual([
      '48 MB copied in 3.1 s (backup from the standby).',
      'The copy took its first row 4.2 s after its start.',
      '1 of 2 checks passed.',
    ])
  })

  test('tells the reason first, and nothing that it did not come to', () => {
    const early = drillOf({
      copy: null,
      recoveryMs: null,
      checks: [],
      outcome: 'gave-way',
      reason: 'It was late.',
    })
    expect(drillSentences(early)).toEqual(['It was late.'])
  })
})
