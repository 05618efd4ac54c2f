import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type OperationEvent, type OperationState, operationStates } from '@/lib/domain/operation'
import { canApplyOperationEvent, isStanding, isTerminal } from '@/lib/domain/operation-state'
import {
  isUndoneByItself,
  listUndo,
  operationPermissions,
  operationVerbs,
  passedPointOfNoReturn,
} from '@/lib/domain/operation-verbs'
import { plannedStep, planOf, record } from '@/test/harness/operation-events'

const plan = planOf([
  plannedStep('fence'),
  plannedStep('promote', { title: 'Promote b', irreversible: true, undo: 'forward-only' }),
  plannedStep('start'),
])
const started = (stepId: string): OperationEvent => ({ type: 'step.started', stepId, attempt: 1 })
const allowed = (state: OperationState, events: readonly OperationEvent[] = []) => {
  const permissions = operationPermissions({ state, plan }, record(events))
  return operationVerbs.filter((verb) => permissions[verb].allowed)
}

test('what may be asked of an operation follows from its state', () => {
  const table = Object.fromEntries(
    operationStates.map((state) => [state, allowed(state, [started('fence')])]),
  )
  expect(table).toEqual({
    queued: ['cancel'],
    running: ['cancel'],
    undoing: [],
    succeeded: [],
    failed: ['resume', 'undo', 'close'],
    interrupted: ['resume', 'undo', 'close'],
    cancelled: ['resume', 'undo', 'close'],
    undone: [],
    'undo-failed': ['resume', 'undo', 'close'],
    closed: [],
  })
})

test('an undo is told with all that it takes back, the last first, also what a later run found there already', () => {
  const skipped: OperationEvent = { type: 'step.skipped', stepId: 'fence', sentence: 'It is there.' }
  const events = [started('fence'), started('start'), skipped]
  expect(listUndo(plan, record(events)).map(({ id }) => id)).toEqual(['start', 'fence'])
  const undone: OperationEvent = { type: 'step.undone', stepId: 'start', sentence: 'It is gone.' }
  expect(listUndo(plan, record([...events, undone])).map(({ id }) => id)).toEqual(['fence'])
  expect(listUndo(plan, record([skipped]))).toEqual([])
})

test('what is refused says why, and what is allowed does not', () => {
  for (const state of operationStates)
    for (const events of [[], [started('fence')], [started('fence'), started('promote')]])
      for (const permission of Object.values(operationPermissions({ state, plan }, record(events))))
        expect(permission.reason === '').toBe(permission.allowed)
})

test('an operation past its point of no return is neither cancelled nor undone, and names the step', () => {
  const events = [started('fence'), started('promote')]
  expect(allowed('running', events)).toEqual([])
  expect(allowed('failed', events)).toEqual(['resume', 'close'])
  expect(operationPermissions({ state: 'failed', plan }, record(events)).undo.reason).toContain('Promote b')
})

test('an operation that is being cancelled is not cancelled twice, but again after a resume', () => {
  const asked: OperationEvent = { type: 'operation.cancel-requested', by: 'ann' }
  expect(allowed('running', [started('fence'), asked])).toEqual([])
  const resumed: OperationEvent = { type: 'operation.requested', mode: 'resume', by: 'ann' }
  expect(allowed('queued', [started('fence'), asked, { type: 'operation.cancelled' }, resumed])).toEqual([
    'cancel',
  ])
})

test('an irreversible step whose own check refused it has not started, so undo is still open', () => {
  const error = { code: 'WRONG_HOST', message: 'This is another host.', fix: '' } as const
  const events: OperationEvent[] = [started('fence'), { type: 'step.failed', stepId: 'promote', error }]
  expect(allowed('failed', events)).toContain('undo')
})

test('an irreversible effect that was found already there forbids undo as well', () => {
  const skipped: OperationEvent = {
    type: 'step.skipped',
    stepId: 'promote',
    sentence: 'b accepts writes already.',
  }
  expect(passedPointOfNoReturn(plan, record([started('fence'), skipped]))?.id).toBe('promote')
  expect(allowed('failed', [started('fence'), skipped])).not.toContain('undo')
})

test('every verb that is allowed leads to an event that the transition function accepts', () => {
  const eventOf: Record<(typeof operationVerbs)[number], OperationEvent> = {
    cancel: { type: 'operation.cancel-requested', by: 'ann' },
    resume: { type: 'operation.requested', mode: 'resume', by: 'ann' },
    undo: { type: 'operation.requested', mode: 'undo', by: 'ann' },
    close: { type: 'operation.closed', by: 'ann', why: 'Seen to by hand.' },
  }
  fc.assert(
    fc.property(
      fc.constantFrom(...operationStates),
      fc.constantFrom(...operationVerbs),
      fc.subarray(['fence', 'promote', 'start']),
      (state, verb, ids) => {
        const permission = operationPermissions({ state, plan }, record(ids.map(started)))[verb]
        if (permission.allowed) expect(canApplyOperationEvent(state, eventOf[verb])).toBe(true)
      },
    ),
  )
})

test('there is always a way on: a standing operation can at least be closed, a terminal one needs nothing', () => {
  for (const state of operationStates.filter(isStanding)) expect(allowed(state)).toContain('close')
  for (const state of operationStates.filter(isTerminal)) expect(allowed(state)).toEqual([])
})

test('an operation that undoes itself is taken back once, wherever it stopped before its point of no return', () => {
  const itself = { ...plan, undoesItself: true as const }
  const undo: OperationEvent = { type: 'operation.requested', mode: 'undo', by: 'Understudy' }
  const isUndone = (state: OperationState, ...events: readonly OperationEvent[]) =>
    isUndoneByItself({ state, plan: itself }, record(events))
  for (const state of operationStates) {
    expect(isUndone(state, started('fence'))).toBe(isStanding(state))
    expect(isUndone(state, started('fence'), undo)).toBe(false)
    expect(isUndone(state, started('fence'), started('promote'))).toBe(false)
    expect(isUndoneByItself({ state, plan }, record([started('fence')]))).toBe(false)
  }
})
