import { expect, test } from 'vitest'
import type { Trials } from '@/bench/report/trials'
import { judgeSyncs } from '@/bench/sync/judge-syncs'
import type { SyncFigures } from '@/bench/sync/measure'

const figures = (firstMs: number, sameMs: number | null = null, changedMs: number | null = null) => ({
  firstMs,
  sameMs,
  changedMs,
})
const trials = (
  title: string,
  rank: Trials<unknown>['rank'],
  all: readonly SyncFigures[],
  over: Partial<Trials<SyncFigures>> = {},
): Trials<SyncFigures> => ({ title, rank, figures: all, failures: [], absent: null, ...over })

const plain = trials('rsync -a', 'peer', [figures(12_000, 500, 900)])
const tar = trials('tar', 'floor', [figures(8_000)])
const kept = trials('kept', 'floor', [figures(9_000, 300, 600)])

test('each kind of copy has a table, with the ratio to plain rsync and to the least floor of that kind', () => {
  const ours = trials('Understudy', 'ours', [figures(8_400, 330, 700), figures(8_600, 310, 650)])
  const { lines, isMet } = judgeSyncs('both', [ours, plain, tar, kept], 'rsync -a')
  const cells = lines.map((line) => line.trim().split(/ {2,}/))
  expect(cells).toContainEqual(['both, first copy', 'time', '× plain', '× floor'])
  expect(cells).toContainEqual(['Understudy', '8.50 s (8.40 to 8.60)', '0.71', '1.06'])
  expect(cells).toContainEqual(['rsync -a', '0.50 s (0.50 to 0.50)', '1.00', '1.67'])
  expect(cells).toContainEqual(['Understudy', '0.68 s (0.65 to 0.70)', '0.75', '1.13'])
  // A method without a figure has no row.
  expect(lines.filter((line) => line.startsWith('tar '))).toHaveLength(1)
  expect(lines).toContain('both, first copy: times the least (tar): 1.06, must be at most 1.10: met')
  expect(lines).toContain('both, nothing changed: times the least (kept): 1.07, must be at most 1.10: met')
  expect(isMet).toBe(true)
})

test('a first copy, or one of nothing new, that is more than a tenth over the floor is not met', () => {
  const slow = trials('Understudy', 'ours', [figures(9_000, 310, 700)])
  expect(judgeSyncs('both', [slow, plain, tar, kept], 'rsync -a').isMet).toBe(false)
  const late = trials('Understudy', 'ours', [figures(8_000, 400, 700)])
  expect(judgeSyncs('both', [late, plain, tar, kept], 'rsync -a').isMet).toBe(false)
})

test('without a floor nothing is judged by it; a trial of ours that failed is not met, and none at all neither', () => {
  const ours = trials('Understudy', 'ours', [figures(8_000, 310, 700)])
  const judged = judgeSyncs('small', [ours], 'rsync -a')
  expect(judged.isMet).toBe(true)
  expect(judged.lines).toContain(
    'small, first copy: times the least (nothing was measured): must be at most 1.10; not judged',
  )
  const failed = trials('Understudy', 'ours', [], { failures: ['no answer'] })
  expect(judgeSyncs('both', [failed, tar], 'rsync -a').isMet).toBe(false)
  expect(() => judgeSyncs('both', [tar], 'rsync -a')).toThrow('nothing of ours was tried')
})
