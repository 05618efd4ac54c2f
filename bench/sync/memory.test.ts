import { expect, test } from 'vitest'
import { peakOf } from '@/bench/sync/memory'

test('the peak is what all processes had together at one moment, not what each had at some moment', () => {
  expect(peakOf('sample\n100\n20\nsample\nsample\n90\n40\n5\nsample\n110\n')).toBe(135 * 1024)
})

test('where none was seen there was none', () => {
  expect(peakOf('')).toBe(0)
  expect(peakOf('sample\nsample\n')).toBe(0)
  expect(peakOf('sample\n7\nsample')).toBe(7 * 1024)
})
