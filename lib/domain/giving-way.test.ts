import { describe, expect, test } from 'vitest'
import { givingWay, givingWaySentence, mayGiveWay } from '@/lib/domain/giving-way'
import type { Operation, OperationEvent, OperationKind } from '@/lib/domain/operation'
import { operationStateOf } from '@/lib/domain/operation-state'
import { plannedStep, planOf, record } from '@/test/harness/operation-events'

const plan = planOf([
  plannedStep('stop-sync'),
  plannedStep('promote-standby', { undo: 'forward-only', irreversible: true }),
  plannedStep('exchange-roles', { undo: 'nothing-to-undo' }),
  plannedStep('hook-announce', { undo: 'nothing-to-undo' }),
])
const error = { code: 'STEP_FAILED', message: 'It did not work.', fix: 'Look.' } as const
const began: OperationEvent = { type: 'operation.started', mode: 'run' }
const did = (stepId: string): OperationEvent[] => [
  { type: 'step.started', stepId, attempt: 1 },
  { type: 'step.succeeded', stepId, sentence: '' },
]
const failed = (stepId: string): OperationEvent[] => [
  { type: 'step.started', stepId, attempt: 1 },
  { type: 'step.failed', stepId, error },
  { type: 'operation.failed', error },
]
function of(events: readonly OperationEvent[], kind: OperationKind = 'promote') {
  const recorded = record(events)
  const operation: Pick<Operation, 'id' | 'kind' | 'state' | 'plan'> = {
    id: 'op-1',
    kind,
    state: operationStateOf(recorded),
    plan: { ...plan, kind },
  }
  return { operation, found: givingWay(operation, recorded) }
}
const atHook = [
  began,
  ...did('stop-sync'),
  ...did('promote-standby'),
  ...did('exchange-roles'),
  ...failed('hook-announce'),
]

describe('a promotion gives way to the fence of the former primary', () => {
  test('where it stands with all done that can’t be taken back, and says what it leaves', () => {
    const { found } = of(atHook)
    expect(found).toEqual({ operationId: 'op-1', state: 'failed', left: ['Do hook-announce'] })
    expect(found && givingWaySentence(found)).toBe(
      'The promotion, which stands as failed, is closed when this begins. What it has not seen done is then yours: Do hook-announce.',
    )
  })

  test('also where an earlier run did it and a later one only found it', () => {
    const resumed: OperationEvent[] = [
      ...atHook,
      { type: 'operation.requested', mode: 'resume', by: 'ann' },
      { type: 'operation.started', mode: 'resume' },
      { type: 'step.skipped', stepId: 'promote-standby', sentence: '' },
      { type: 'operation.interrupted', why: 'Nobody was there.' },
    ]
    expect(of(resumed).found).toMatchObject({ state: 'interrupted', left: ['Do hook-announce'] })
  })
})

describe('an operation keeps its pair', () => {
  test.each<[string, readonly OperationEvent[], OperationKind]>([
    ['a promotion that failed before the standby was promoted', [began, ...failed('stop-sync')], 'promote'],
    [
      'one that failed while it promoted: nobody knows who writes',
      [began, ...did('stop-sync'), ...failed('promote-standby')],
      'promote',
    ],
    ['one that runs', atHook.slice(0, -2), 'promote'],
    [
      'one that was asked to go on',
      [...atHook, { type: 'operation.requested', mode: 'resume', by: 'ann' }],
      'promote',
    ],
    ['one that was closed', [...atHook, { type: 'operation.closed', by: 'ann', why: '' }], 'promote'],
    ['a create', atHook, 'create'],
    ['another fence', atHook, 'fence'],
  ])('%s', (_, events, kind) => {
    const { operation, found } = of(events, kind)
    expect(found).toBeNull()
    expect(mayGiveWay(operation)).toBe(kind === 'promote' && operation.state === 'failed')
  })
})
