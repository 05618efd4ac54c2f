import { expect, test } from 'vitest'
import { formatDuration } from '@/lib/domain/format-duration'

test.each([
  [-3, '0 s'],
  [0, '0 s'],
  [0.05, '0 s'],
  [0.42, '0.4 s'],
  [2, '2 s'],
  [9.99, '9.9 s'],
  [18.7, '18 s'],
  [59.99, '59 s'],
  [60, '1 min'],
  [182, '3 min 02 s'],
  [3599, '59 min 59 s'],
  [3600, '1 h'],
  [11_400, '3 h 10 min'],
  [86_399, '23 h 59 min'],
  [187_200, '2 d 4 h'],
])('%d seconds read as %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text)
})
