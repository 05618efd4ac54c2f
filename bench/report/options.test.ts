import { expect, test } from 'vitest'
import { readBenchOptions } from '@/bench/report/options'

const ways = ['start', 'rewind'] as const

test('without arguments: five rounds of everything on 0.5 GB', () => {
  expect(readBenchOptions([], ways)).toEqual({
    rounds: 5,
    only: null,
    sizeGb: 0.5,
    saysSteps: false,
    ways: ['start', 'rewind'],
  })
})

test('rounds, methods, size, ways and steps are read, in any order', () => {
  const args = ['--size', '2', '--steps', '3', '--only', 'by-hand,repmgr', '--ways', 'rewind']
  expect(readBenchOptions(args, ways)).toEqual({
    rounds: 3,
    only: ['by-hand', 'repmgr'],
    sizeGb: 2,
    saysSteps: true,
    ways: ['rewind'],
  })
})

test.each([
  [['0'], 'Give a number of rounds.'],
  [['many'], 'Give a number of rounds.'],
  [['2', '3'], 'Give a number of rounds.'],
  [['--size', 'large'], 'Give the size of the database in GB, e.g. --size 2.'],
  [['--size', '0'], 'Give the size of the database in GB, e.g. --size 2.'],
  [['--ways', 'rewind,guess'], 'There is no way guess; there are: start, rewind.'],
])('%j is refused: nothing measured is no success', (args, sentence) => {
  expect(readBenchOptions(args, ways)).toBe(sentence)
})

test('an option that there is not is refused', () => {
  expect(readBenchOptions(['--size-gb', '2'])).toMatch(/Unknown option '--size-gb'/)
})

test('a bench without ways has none to choose', () => {
  expect(readBenchOptions(['--ways', 'rewind'])).toBe('There is no way rewind; there are: none.')
})
