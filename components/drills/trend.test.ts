import { expect, test } from 'vitest'
import { trendOf } from '@/components/drills/trend'

const size = { width: 112, height: 112 }
const drill = (day: number, recoveryMs: number | null) => ({
  operationId: `o-${day}`,
  startedAt: `2026-11-${String(day).padStart(2, '0')}T03:00:00.000Z`,
  recoveryMs,
})

test('drills stand by their time and their recovery, the oldest at the left, zero at the bottom', () => {
  const points = trendOf([drill(11, 2_000), drill(6, 1_000), drill(1, 4_000)], size)
  expect(points).toEqual([
    { id: 'o-1', ms: 4_000, x: 6, y: 6 },
    { id: 'o-6', ms: 1_000, x: 56, y: 81 },
    { id: 'o-11', ms: 2_000, x: 106, y: 56 },
  ])
})

test('a drill that measured nothing has no place, and a single one stands in the middle', () => {
  expect(trendOf([drill(1, null)], size)).toEqual([])
  expect(trendOf([drill(1, null), drill(2, 3_000)], size)).toEqual([{ id: 'o-2', ms: 3_000, x: 56, y: 6 }])
})

test('every point lies within the picture', () => {
  const drills = Array.from({ length: 28 }, (_, index) => drill(index + 1, (index * 977) % 5_000))
  for (const { x, y } of trendOf(drills, size)) {
    expect(x).toBeGreaterThanOrEqual(0)
    expect(x).toBeLessThanOrEqual(size.width)
    expect(y).toBeGreaterThanOrEqual(0)
    expect(y).toBeLessThanOrEqual(size.height)
  }
})
