import { expect, test } from 'vitest'
import { overlapWords } from '@/lib/domain/overlap-words'

test.each([
  [null, ''],
  [{}, ''],
  [{ overlaps: 0 }, ''],
  [{ overlaps: 1 }, '1 turn skipped'],
  [{ overlaps: 12 }, '12 turns skipped'],
])('turns that were skipped are told where there were any: %j', (run, words) => {
  expect(overlapWords(run)).toBe(words)
})
