import { expect, test } from 'vitest'
import { growthOf } from '@/bench/logs/follow'

test('growth is from the second quarter to the last: what a program takes when it begins is none, one peak is none', () => {
  const level = [10, 60, 90, 100, 101, 99, 100, 100, 100, 500, 100, 100, 100, 101, 99, 100]
  expect(growthOf(level)).toBeLessThanOrEqual(1)
  expect(growthOf(level.map((value, index) => value + index * 10))).toBeGreaterThan(70)
})

test('of too few samples nothing is known, which keeps no limit', () => {
  expect(growthOf([1, 2])).toBeNaN()
})
