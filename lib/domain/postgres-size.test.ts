import { expect, test } from 'vitest'
import { parsePostgresSize } from '@/lib/domain/postgres-size'

test.each([
  ['16384', '8kB', 128 * 1024 ** 2],
  ['128MB', '8kB', 128 * 1024 ** 2],
  ['1.5GB', '8kB', 1.5 * 1024 ** 3],
  [' 64 GB ', '8kB', 64 * 1024 ** 3],
  ['4096', 'kB', 4 * 1024 ** 2],
  ['100B', 'kB', 100],
])('%s with the unit %s is %i bytes', (text, unit, bytes) => {
  expect(parsePostgresSize(text, unit)).toBe(bytes)
})

test.each([
  ['', '8kB'],
  ['many', '8kB'],
  ['12XB', '8kB'],
  ['128mb', '8kB'],
  ['12', ''],
])('“%s” with the unit “%s” is no size', (text, unit) => {
  expect(parsePostgresSize(text, unit)).toBeNull()
})
