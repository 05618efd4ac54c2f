import { expect, test } from 'vitest'
import { AnswerTeller } from '@/lib/watch/answer-teller'
import { hostOf } from '@/test/harness/operation-facts'

test('a host is told of once while it answers, and again when it was away or forgotten', () => {
  const told: string[] = []
  const teller = new AnswerTeller(({ name }) => void told.push(name))
  const [alpha, beta] = [hostOf('alpha', '10.7.0.11'), hostOf('beta', '10.7.0.12')]
  teller.see(alpha, false)
  expect(told).toEqual([])
  for (let look = 0; look < 3; look += 1) teller.see(alpha, true)
  teller.see(beta, true)
  expect(told).toEqual(['alpha', 'beta'])
  teller.see(alpha, false)
  teller.see(alpha, true)
  expect(told).toEqual(['alpha', 'beta', 'alpha'])
  teller.forget()
  teller.see(beta, true)
  expect(told.at(-1)).toBe('beta')
})
