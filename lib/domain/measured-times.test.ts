import { expect, test } from 'vitest'
import { measuredTimes } from '@/lib/domain/measured-times'
import type { OperationView, StepView } from '@/lib/domain/views'

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 30, 3, 0, seconds)).toISOString()
const step = (id: string, from: number, to: number): StepView => ({
  id,
  state: 'succeeded',
  startedAt: at(from),
  endedAt: at(to),
  sentence: '',
  fix: '',
})
const viewOf = (steps: readonly StepView[]) =>
  ({ operation: { createdAt: at(0), endedAt: at(20) }, steps }) as Pick<OperationView, 'operation' | 'steps'>

test('of a switch over: without writes, without the application, and until the old primary streamed', () => {
  const steps = [
    step('stop-old-application', 2, 3),
    step('stop-primary', 5, 6),
    step('promote-standby', 6, 7),
    step('start-application', 7, 12),
    step('follow', 12, 14),
  ]
  expect(measuredTimes(viewOf(steps))).toEqual([
    'From the start to the end: 20 s',
    'From the start to the new primary’s first row: 7.00 s',
    'Without writes, from the stop on the old primary to the first row: 2.00 s',
    'Without the application: 10 s',
    'From the first row until the old primary streamed: 7.00 s',
  ])
})

test('of a promotion whose primary was gone before: that nothing is known of it', () => {
  expect(measuredTimes(viewOf([step('promote-standby', 1, 2)])).at(-1)).toMatch(/gone before/)
})

test('of what never came to a promotion: its own length alone', () => {
  expect(measuredTimes(viewOf([step('stop-primary', 1, 2)]))).toEqual(['From the start to the end: 20 s'])
})
