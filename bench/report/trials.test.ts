import { expect, test } from 'vitest'
import { inTurn, sayGaps, Tally } from '@/bench/report/trials'

test('each round begins with another method, and has all of them', () => {
  const methods = ['a', 'b', 'c']
  expect([1, 2, 3, 4].map((round) => inTurn(methods, round).join(''))).toEqual(['abc', 'bca', 'cab', 'abc'])
  expect(inTurn(['a'], 5)).toEqual(['a'])
  expect(inTurn([], 2)).toEqual([])
})

test('a tally keeps figures, failures and absence of each method apart, in the order of the methods', () => {
  const tally = new Tally<number>([
    { title: 'ours', rank: 'ours' },
    { title: 'theirs', rank: 'peer' },
  ])
  tally.measured('theirs', 3)
  tally.measured('ours', 1)
  tally.measured('ours', 2)
  tally.failed('ours', 'it broke')
  tally.couldNotBeTried('theirs', 'no package')
  expect(tally.all).toEqual([
    { title: 'ours', rank: 'ours', figures: [1, 2], failures: ['it broke'], absent: null },
    { title: 'theirs', rank: 'peer', figures: [3], failures: [], absent: 'no package' },
  ])
  expect(() => tally.measured('nobody', 1)).toThrow('there is no method nobody')
})

test('what is not in the figures is said: what could not be tried, and how many failed of how many', () => {
  const none = { title: 'it', rank: 'peer', figures: [1, 2], failures: [], absent: null } as const
  expect(sayGaps(none)).toEqual([])
  expect(sayGaps({ ...none, failures: ['no answer', 'other'] })).toEqual(['it: 2 of 4 failed: no answer'])
  expect(sayGaps({ ...none, figures: [], absent: 'no package' })).toEqual(['it: not measured: no package'])
})
