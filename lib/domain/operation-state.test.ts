import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type OperationEvent, type OperationState, operationStates } from '@/lib/domain/operation'
import {
  applyOperationEvent,
  canApplyOperationEvent,
  isHolding,
  isInFlight,
  isStanding,
  isTerminal,
  operationOutcome,
  operationStateOf,
  requestedModeOf,
  requestNumberOf,
  stepStates,
  stepsDone,
  stepsToUndo,
} from '@/lib/domain/operation-state'
import { AppError, hasCode } from '@/lib/errors'
import { anyOperationEvent, plannedStep, record } from '@/test/harness/operation-events'

const steps = [plannedStep('one'), plannedStep('two'), plannedStep('three')]
const anyEvent = anyOperationEvent(steps.map(({ id }) => id))
const anyState = fc.constantFrom<OperationState>(...operationStates)
const error = { code: 'STEP_FAILED', message: 'It did not work.', fix: 'Look.' } as const

/** The events of a random walk that were accepted, and where they led. */
function walk(candidates: readonly OperationEvent[]): { state: OperationState; taken: OperationEvent[] } {
  const taken: OperationEvent[] = []
  let state: OperationState = 'queued'
  for (const event of candidates)
    if (canApplyOperationEvent(state, event)) {
      state = applyOperationEvent(state, event)
      taken.push(event)
    }
  return { state, taken }
}

describe('an operation', () => {
  test('is in flight, standing or terminal, and never two of them', () => {
    for (const state of operationStates)
      expect([isInFlight(state), isStanding(state), isTerminal(state)].filter(Boolean)).toHaveLength(1)
  })

  test('holds its pair until it is terminal', () => {
    expect(operationStates.filter((state) => !isHolding(state))).toEqual(['succeeded', 'undone', 'closed'])
  })

  test('never leaves a terminal state', () => {
    fc.assert(
      fc.property(anyState.filter(isTerminal), anyEvent, (state, event) => {
        expect(canApplyOperationEvent(state, event)).toBe(false)
      }),
    )
  })

  test('refuses an event with CONFLICT exactly where the table has no row for it', () => {
    fc.assert(
      fc.property(anyState, anyEvent, (state, event) => {
        let refused: unknown = null
        try {
          expect(operationStates).toContain(applyOperationEvent(state, event))
        } catch (thrown) {
          refused = thrown
        }
        expect(hasCode(refused, 'CONFLICT')).toBe(!canApplyOperationEvent(state, event))
      }),
    )
  })

  test('can always be brought to an end from wherever it stands', () => {
    const ways: readonly OperationEvent[] = [
      { type: 'operation.interrupted', why: 'The worker went away.' },
      { type: 'operation.closed', by: 'ann', why: 'Seen to by hand.' },
    ]
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (candidates) => {
        const { state } = walk(candidates)
        const end = ways.reduce((now, event) => {
          return canApplyOperationEvent(now, event) ? applyOperationEvent(now, event) : now
        }, state)
        expect(isTerminal(end)).toBe(true)
      }),
    )
  })

  test('is a replay of its record: the same events give the same state', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (candidates) => {
        const { state, taken } = walk(candidates)
        expect(operationStateOf(record(taken))).toBe(state)
      }),
    )
  })

  test('changes its state by events of the operation only, never by those of a step', () => {
    fc.assert(
      fc.property(anyState, anyEvent, (state, event) => {
        fc.pre('stepId' in event && canApplyOperationEvent(state, event))
        expect(applyOperationEvent(state, event)).toBe(state)
      }),
    )
  })

  test('takes no word from a worker that was left behind once it has ended', () => {
    for (const state of ['succeeded', 'failed', 'cancelled', 'undone', 'interrupted'] as const)
      expect(() =>
        applyOperationEvent(state, { type: 'step.succeeded', stepId: 'one', sentence: '' }),
      ).toThrow(AppError)
  })

  test('that a living worker takes over from a dead one keeps its direction', () => {
    expect(applyOperationEvent('running', { type: 'operation.started', mode: 'resume' })).toBe('running')
    expect(applyOperationEvent('undoing', { type: 'operation.started', mode: 'undo' })).toBe('undoing')
    expect(() => applyOperationEvent('undoing', { type: 'operation.started', mode: 'resume' })).toThrow()
    expect(() => applyOperationEvent('running', { type: 'operation.started', mode: 'undo' })).toThrow()
  })

  test('knows what was asked for last and how often', () => {
    const events = record([
      { type: 'operation.started', mode: 'run' },
      { type: 'operation.failed', error },
      { type: 'operation.requested', mode: 'resume', by: 'ann' },
      { type: 'operation.started', mode: 'resume' },
      { type: 'operation.failed', error },
      { type: 'operation.requested', mode: 'undo', by: 'ben' },
    ])
    expect([requestedModeOf([]), requestNumberOf([])]).toEqual(['run', 0])
    expect([requestedModeOf(events), requestNumberOf(events)]).toEqual(['undo', 2])
  })
})

describe('the steps of an operation', () => {
  test('are all pending before anything happened, in the order of the plan', () => {
    expect(stepStates({ steps }, []).map(({ id, state }) => `${id} ${state}`)).toEqual([
      'one pending',
      'two pending',
      'three pending',
    ])
  })

  test('show when they started and ended, and the sentence of their end', () => {
    const events = record([
      { type: 'operation.started', mode: 'run' },
      { type: 'step.skipped', stepId: 'one', sentence: 'It was there.' },
      { type: 'step.started', stepId: 'two', attempt: 1 },
      { type: 'step.output', stepId: 'two', line: 'hello' },
      { type: 'step.succeeded', stepId: 'two', sentence: 'It is there.' },
      { type: 'step.started', stepId: 'three', attempt: 1 },
      { type: 'step.failed', stepId: 'three', error },
    ])
    expect(stepStates({ steps }, events)).toEqual([
      { id: 'one', state: 'skipped', startedAt: at(1), endedAt: at(1), sentence: 'It was there.', fix: '' },
      { id: 'two', state: 'succeeded', startedAt: at(2), endedAt: at(4), sentence: 'It is there.', fix: '' },
      {
        id: 'three',
        state: 'failed',
        startedAt: at(5),
        endedAt: at(6),
        sentence: 'It did not work.',
        fix: 'Look.',
      },
    ])
  })

  test('that are tried again forget the error of the attempt before', () => {
    const events = record([
      { type: 'step.started', stepId: 'one', attempt: 1 },
      { type: 'step.failed', stepId: 'one', error },
      { type: 'step.started', stepId: 'one', attempt: 2 },
    ])
    expect(stepStates({ steps }, events)[0]).toMatchObject({ state: 'running', sentence: '', endedAt: null })
  })

  test('refuse a history that cannot have happened', () => {
    for (const event of [
      { type: 'step.succeeded', stepId: 'one', sentence: '' },
      { type: 'step.undone', stepId: 'one', sentence: '' },
      { type: 'step.undo-started', stepId: 'one' },
      { type: 'step.started', stepId: 'not-in-the-plan', attempt: 1 },
    ] as const)
      expect(() => stepStates({ steps }, record([event]))).toThrow(AppError)
  })

  test('are to be undone when they started, even if they failed, and not when they were only skipped', () => {
    const events = record([
      { type: 'step.skipped', stepId: 'one', sentence: 'It was there.' },
      { type: 'step.started', stepId: 'two', attempt: 1 },
      { type: 'step.succeeded', stepId: 'two', sentence: '' },
      { type: 'step.started', stepId: 'three', attempt: 1 },
      { type: 'step.failed', stepId: 'three', error },
    ])
    expect([...stepsToUndo(events)]).toEqual(['two', 'three'])
  })

  test('are done once their effect was seen, until they fail, or are begun or undone again', () => {
    const events = record([
      { type: 'step.skipped', stepId: 'one', sentence: 'It was there.' },
      { type: 'step.started', stepId: 'two', attempt: 1 },
      { type: 'step.succeeded', stepId: 'two', sentence: '' },
      { type: 'step.started', stepId: 'three', attempt: 1 },
      { type: 'step.succeeded', stepId: 'three', sentence: '' },
      { type: 'step.failed', stepId: 'one', error },
      { type: 'step.undo-started', stepId: 'two' },
      { type: 'step.started', stepId: 'three', attempt: 1 },
    ])
    const doneAfter = (count: number) => [...stepsDone(events.slice(0, count))]
    expect([1, 2, 3, 5, 6, 7, 8].map(doneAfter)).toEqual([
      ['one'],
      ['one'],
      ['one', 'two'],
      ['one', 'two', 'three'],
      ['two', 'three'],
      ['three'],
      [],
    ])
  })

  test('are to be undone again when they were resumed after an undo', () => {
    const events = record([
      { type: 'step.started', stepId: 'one', attempt: 1 },
      { type: 'step.undo-started', stepId: 'one' },
      { type: 'step.undone', stepId: 'one', sentence: '' },
      { type: 'step.started', stepId: 'one', attempt: 1 },
    ])
    expect([...stepsToUndo(events.slice(0, 3))]).toEqual([])
    expect([...stepsToUndo(events)]).toEqual(['one'])
  })
})

function at(index: number): string {
  return record(Array.from({ length: index + 1 }, () => ({ type: 'operation.succeeded' as const })))[index]
    ?.at as string
}

describe('an operation that went to its end', () => {
  const planned = [
    plannedStep('one', { mayFail: 'finding' }),
    plannedStep('two', { mayFail: 'not-reattached' }),
  ]
  const failing = (stepId: string, code: 'STEP_FAILED' | 'GAVE_WAY') =>
    record([
      { type: 'operation.started', mode: 'run' },
      { type: 'step.started', stepId, attempt: 1 },
      { type: 'step.failed', stepId, error: { ...error, code } },
    ])
  const outcomeOf = (stepId: string, code: 'STEP_FAILED' | 'GAVE_WAY') =>
    operationOutcome({ steps: planned }, failing(stepId, code))

  test('says what its plan let fail, and whether that failed or gave way', () => {
    expect(outcomeOf('one', 'STEP_FAILED')).toBe('finding')
    expect(outcomeOf('one', 'GAVE_WAY')).toBe('gave-way')
    expect(outcomeOf('two', 'STEP_FAILED')).toBe('not-reattached')
    expect(operationOutcome({ steps }, failing('one', 'STEP_FAILED'))).toBe('complete')
  })

  test('forgets what failed once it was done after all', () => {
    const events = [
      ...failing('one', 'STEP_FAILED').map(({ event }) => event),
      { type: 'step.skipped', stepId: 'one', sentence: 'It is there.' } as const,
    ]
    expect(operationOutcome({ steps: planned }, record(events))).toBe('complete')
  })
})
