import { expect, test } from 'vitest'
import { formatPercent, toPercent } from '@/lib/domain/format-percent'

test('a share is never rounded up to all of it', () => {
  expect(formatPercent(9997, 10_000)).toBe('99 %')
  expect(formatPercent(10_000, 10_000)).toBe('100 %')
})

test('a share of nothing, or beyond the whole, stays within 0 and 100', () => {
  expect(toPercent(5, 0)).toBe(0)
  expect(toPercent(12, 10)).toBe(100)
  expect(toPercent(-1, 10)).toBe(0)
})
