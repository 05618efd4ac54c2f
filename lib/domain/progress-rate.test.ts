import { expect, test } from 'vitest'
import type { Progress } from '@/lib/domain/operation'
import { progressRate } from '@/lib/domain/progress-rate'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
const sample = (second: number, doneBytes: number, more: Partial<Progress> = {}): Progress => ({
  label: 'base backup',
  doneBytes,
  totalBytes: 1000,
  at: at(second),
  ...more,
})

test('nothing is claimed before there are two samples', () => {
  expect(progressRate([])).toEqual({ bytesPerSecond: null, secondsLeft: null })
  expect(progressRate([sample(0, 10)])).toEqual({ bytesPerSecond: null, secondsLeft: null })
})

test('rate and time left come from the samples', () => {
  expect(progressRate([sample(0, 0), sample(2, 200)])).toEqual({ bytesPerSecond: 100, secondsLeft: 8 })
})

test('only the last 15 seconds count, so that a stall shows', () => {
  expect(progressRate([sample(0, 0), sample(20, 500), sample(30, 500)])).toEqual({
    bytesPerSecond: 0,
    secondsLeft: null,
  })
})

test('no time left is claimed while the total is unknown', () => {
  const samples = [sample(0, 0, { totalBytes: null }), sample(1, 50, { totalBytes: null })]
  expect(progressRate(samples)).toEqual({ bytesPerSecond: 50, secondsLeft: null })
})

test('a count that went back, or another label, starts anew', () => {
  expect(progressRate([sample(0, 900), sample(1, 100), sample(2, 200)]).bytesPerSecond).toBe(100)
  expect(progressRate([sample(0, 0, { label: 'vault' }), sample(1, 100)]).bytesPerSecond).toBe(null)
})

test('more than the total never gives a negative time left', () => {
  expect(progressRate([sample(0, 500), sample(1, 1100)]).secondsLeft).toBe(0)
})
