import { expect, test } from 'vitest'
import {
  type CopyCompression,
  type CopyTrial,
  chooseCompression,
  nextTrials,
} from '@/lib/domain/copy-compression'

const trial = (method: CopyCompression, megabytes: number | null, isWhole = false): CopyTrial => ({
  method,
  written: megabytes === null ? null : { bytes: megabytes * 1_000_000, ms: 1_000 },
  isWhole,
  refusal: megabytes === null ? 'this build does not support compression' : '',
})

test('the first trial is without compression', () => {
  expect(nextTrials([])).toEqual(['none'])
})

test.each([
  ['a fast link', [trial('none', 60)], 'Not compressed: the link is fast (60 MB/s measured).'],
  [
    'a database that passed whole',
    [trial('none', 2, true)],
    'Not compressed: the whole database passed within the measurement.',
  ],
  ['a link that can’t be measured', [trial('none', null)], 'Not compressed: the link could not be measured.'],
])('%s takes no further trial and no compression', (_, trials, sentence) => {
  expect(nextTrials(trials)).toEqual([])
  expect(chooseCompression(trials)).toEqual({ method: 'none', sentence })
})

test('on a slow link lz4 and the usual zstd are tried, on one between its lightest', () => {
  expect(nextTrials([trial('none', 1)])).toEqual(['server-lz4', 'server-zstd:3'])
  expect(nextTrials([trial('none', 20)])).toEqual(['server-lz4', 'server-zstd:1'])
})

test('gzip is tried only where a build has neither', () => {
  const both = [trial('none', 1), trial('server-lz4', null), trial('server-zstd:3', null)]
  expect(nextTrials(both)).toEqual(['server-gzip:1'])
  expect(nextTrials([trial('none', 1), trial('server-lz4', 3), trial('server-zstd:3', null)])).toEqual([
    'none',
  ])
  const refused = [...both, trial('server-gzip:1', null)]
  expect(nextTrials(refused)).toEqual([])
  expect(chooseCompression(refused).method).toBe('none')
})

test('the fastest is taken, with every figure, and the missing one is named', () => {
  expect(chooseCompression([trial('none', 1), trial('server-lz4', 3), trial('server-zstd:3', 4.5)])).toEqual({
    method: 'server-zstd:3',
    sentence:
      'Compressed on its way by server-zstd:3 (measured: none 1 MB/s, server-lz4 3 MB/s, server-zstd:3 4.5 MB/s).',
  })
  expect(chooseCompression([trial('none', 1), trial('server-lz4', 3), trial('server-zstd:3', null)])).toEqual(
    {
      method: 'server-lz4',
      sentence:
        'Compressed on its way by server-lz4 (measured: none 1 MB/s, server-lz4 3 MB/s, server-zstd:3 not available).',
    },
  )
})

test('what is less than a quarter faster is not worth a processor of the primary', () => {
  const trials = [trial('none', 10), trial('server-lz4', 12.4), trial('server-zstd:1', 9)]
  expect(chooseCompression(trials).method).toBe('none')
  expect(
    chooseCompression([trial('none', 10), trial('server-lz4', 12.5), trial('server-zstd:1', 9)]).method,
  ).toBe('server-lz4')
})

test('a method that won is held against a second copy without: the first may have read from a cold disk', () => {
  const won = [trial('none', 10), trial('server-lz4', 30), trial('server-zstd:1', 9)]
  expect(nextTrials(won)).toEqual(['none'])
  expect(nextTrials([...won, trial('none', 29)])).toEqual([])
  expect(chooseCompression([...won, trial('none', 29)]).method).toBe('none')
  expect(chooseCompression([...won, trial('none', 11)])).toEqual({
    method: 'server-lz4',
    sentence:
      'Compressed on its way by server-lz4 (measured: none 11 MB/s, server-lz4 30 MB/s, server-zstd:1 9 MB/s).',
  })
})
