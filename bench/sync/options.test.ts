import { expect, test } from 'vitest'
import { readSyncOptions } from '@/bench/sync/options'

test('without arguments: five rounds of everything, in the streams that the product chooses', () => {
  expect(readSyncOptions([])).toMatchObject({
    rounds: 5,
    only: null,
    ways: ['small', 'large', 'both'],
    streams: [],
    isMillion: false,
  })
})

test('rounds, workloads, methods, streams and the million are read, in any order', () => {
  const args = ['--million', '--streams', '1,4', '2', '--ways', 'both', '--only', 'rsync']
  expect(readSyncOptions(args)).toMatchObject({
    rounds: 2,
    only: ['rsync'],
    ways: ['both'],
    streams: [1, 4],
    isMillion: true,
  })
})

test.each([[['--streams', '0']], [['--streams', '9']], [['--streams', 'many']], [['--streams']]])(
  '%j is refused: nothing measured is no success',
  (args) => {
    expect(readSyncOptions(args)).toBe('Give numbers of streams from 1 to 4, e.g. --streams 1,2.')
  },
)

test('what no bench knows is refused', () => {
  expect(readSyncOptions(['--millions'])).toMatch(/Unknown option '--millions'/)
})
