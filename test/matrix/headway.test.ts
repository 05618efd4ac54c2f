import { expect, test } from 'vitest'
import type { OperationEvent } from '@/lib/domain/operation'
import { lastHeadway } from '@/test/matrix/headway'

const requested: OperationEvent = { type: 'operation.requested', mode: 'resume', by: 'prover' }
const succeeded = (stepId: string): OperationEvent => ({
  type: 'step.succeeded',
  stepId,
  sentence: 'Done.',
})
const undone = (stepId: string): OperationEvent => ({ type: 'step.undone', stepId, sentence: 'Undone.' })

test('a step that ends again at every resume is no headway: what only proves its hosts again is given up', () => {
  const round = [requested, succeeded('prove-hosts')]
  expect(lastHeadway([...round, ...round, ...round])).toBe(1)
})

test('a step that ends for the first time is headway, forward and back', () => {
  const events = [succeeded('prove-hosts'), requested, succeeded('stop-postgresql')]
  expect(lastHeadway(events)).toBe(2)
  expect(lastHeadway([...events, requested, undone('stop-postgresql')])).toBe(4)
})

test('nothing that ended is no headway', () => {
  expect(lastHeadway([requested])).toBe(-1)
})
