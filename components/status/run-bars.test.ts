import { expect, test } from 'vitest'
import { barsOf, trendWords } from '@/components/status/run-bars'
import type { DirectoryRun } from '@/lib/domain/observation'

const at = Date.parse('2026-11-23T03:00:00Z')
const run = (result: string, seconds: number): DirectoryRun => ({
  startedAt: new Date(at).toISOString(),
  endedAt: new Date(at + seconds * 1000).toISOString(),
  result,
  exitCode: 0,
  files: 0,
  bytes: 0,
  deletions: 0,
  reason: '',
})

test('the oldest run stands at the left; the longest is the tallest, and none is too small to be seen', () => {
  const bars = barsOf([run('ok', 0), run('failed-write', 3600), run('skipped-overlap', 4)], 20)
  expect(bars.map(({ tone }) => tone)).toEqual(['unknown', 'warn', 'ok'])
  const [, longest = 0, shortest = 0] = bars.map(({ tall }) => tall)
  expect(longest).toBe(20)
  expect(shortest).toBe(3)
})

test('who does not see the picture is told how many ended how, and how long the good ones took', () => {
  expect(trendWords([run('ok', 1), run('ok', 4), run('failed', 9), run('skipped-role', 0)])).toBe(
    'The last 4 runs: 2 good, 1 failed, 1 skipped; the good ones took 1 s to 4 s.',
  )
  expect(trendWords([run('ok', 2)])).toBe('The last run: 1 good; the good ones took 2 s.')
  expect(trendWords([run('failed', 2)])).toBe('The last run: 0 good, 1 failed.')
})
