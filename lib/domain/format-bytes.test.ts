import { expect, test } from 'vitest'
import { formatBytes } from '@/lib/domain/format-bytes'

test.each([
  [0, '0 B'],
  [1, '1 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [24_400, '24.4 kB'],
  [24_000, '24 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [1_240_000, '1.24 MB'],
  [16 * 1024 * 1024, '16.8 MB'],
  [412_000_000_000, '412 GB'],
  [1_000_000_000_000, '1 TB'],
  [5e18, '5000 PB'],
  [-2048, '−2.05 kB'],
])('%d bytes read as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test('a size never prints a thousand of a smaller unit', () => {
  for (let exponent = 0; exponent < 15; exponent += 0.01)
    expect(formatBytes(10 ** exponent)).not.toMatch(/^1000 /)
})
