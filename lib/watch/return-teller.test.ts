import { expect, test } from 'vitest'
import { ReturnTeller } from '@/lib/watch/return-teller'

test('a return is told at once, again each minute while it lasts, and another one at once', () => {
  const told: string[] = []
  const teller = new ReturnTeller((slug, returnId) => void told.push(`${slug} ${returnId}`))
  const see = (second: number, returnId: string | null) => teller.see('ledger', returnId, second * 1_000)
  see(0, null)
  expect(told).toEqual([])
  for (let second = 1; second <= 60; second += 1) see(second, 'one')
  expect(told).toEqual(['ledger one'])
  see(61, 'one')
  expect(told).toEqual(['ledger one', 'ledger one'])
  see(62, null)
  see(63, 'two')
  expect(told.at(-1)).toBe('ledger two')
  for (let second = 64; second < 200; second += 1) see(second, 'two')
  expect(told).toHaveLength(5)
})
