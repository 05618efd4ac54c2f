import { expect, test } from 'vitest'
import { lastSaid } from '@/lib/commands/last-said'

test('a short output is kept whole, without its last line’s end', () => {
  expect(lastSaid('rsync: failed\nexit\n', 20)).toBe('rsync: failed\nexit')
})

test('of a long one the last words are kept, and none in halves: half of a secret would not be known for one', () => {
  expect(lastSaid('password=hunter2hunter2 refused', 15)).toBe('refused')
  expect(lastSaid('a password=hunter2', 16)).toBe('password=hunter2')
  expect(lastSaid('hunter2hunter2', 7)).toBe('')
})
