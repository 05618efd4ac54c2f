import { expect, test } from 'vitest'
import { closedByRun, stepOfRun, type WizardRun, wizardRunOf } from '@/components/wizard/wizard-run'
import { operationStates } from '@/lib/domain/operation'
import type { OperationView } from '@/lib/domain/views'

const viewIn = (state: string) => ({ operation: { state } }) as OperationView
const isOpen = (step: string, run: WizardRun) => closedByRun(step, run) === ''

test('an operation has succeeded only where it says so: not loaded yet, failed, undone or closed it has not', () => {
  expect(wizardRunOf(null, undefined)).toBe('not-started')
  expect(wizardRunOf('op', undefined)).toBe('started')
  for (const state of operationStates)
    expect(wizardRunOf('op', viewIn(state))).toBe(state === 'succeeded' ? 'succeeded' : 'started')
})

test('before the start the wizard alone decides about its answers, and the run is closed', () => {
  expect(closedByRun('hosts', 'not-started')).toBeNull()
  expect(closedByRun('run', 'not-started')).not.toBe('')
  expect(closedByRun('done', 'not-started')).not.toBe('')
})

test('after the start answers are closed, the run is open, and the last step once it has succeeded', () => {
  for (const run of ['started', 'succeeded'] as const) {
    expect(isOpen('hosts', run)).toBe(false)
    expect(isOpen('run', run)).toBe(true)
    expect(isOpen('done', run)).toBe(run === 'succeeded')
    expect(isOpen(stepOfRun(run), run)).toBe(true)
  }
})
