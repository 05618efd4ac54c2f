import { expect, test } from 'vitest'
import { longestGap } from '@/bench/switchover/longest-gap'

const rows = [0, 5, 10, 250, 255, 400].map((at, id) => ({ id, at }))

test('is the longest time between two rows one after the other', () => {
  expect(longestGap(rows, 0)).toBe(240)
})

test('counts what ended since the switch began, from the last row before it on', () => {
  expect(longestGap(rows, 20)).toBe(240)
  expect(longestGap(rows, 251)).toBe(145)
})

test('is none where no row came since', () => {
  expect(longestGap(rows, 500)).toBe(0)
  expect(longestGap([], 0)).toBe(0)
})
