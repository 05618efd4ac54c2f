import { expect, test } from 'vitest'
import type { DirectoryRun } from '@/lib/domain/observation'
import { whyNotCopied } from '@/lib/operations/whether-copied'

const run = (result: string, reason = ''): DirectoryRun => ({
  startedAt: '2026-11-23T03:00:00Z',
  endedAt: '2026-11-23T03:00:02Z',
  ...{ result, reason, exitCode: 0, files: 0, bytes: 0, deletions: 0 },
})
const factsOf = (lastRun: DirectoryRun | null) => ({
  ...{ id: 'vault', lastRun, lastGoodRun: lastRun, failuresSinceGood: 0, isRunning: false },
})
const ended = (exitCode: number) => ({ state: 'ended', exitCode }) as const

test('a directory is up to date where the runner ended well and its record says so', () => {
  expect(whyNotCopied(ended(0), factsOf(run('ok')))).toBeNull()
})

test('the good record of a run before says nothing of a runner that could not begin, or was killed', () => {
  expect(whyNotCopied(ended(2), factsOf(run('ok')))).toBe('the runner ended with 2')
  expect(whyNotCopied({ state: 'vanished' }, factsOf(run('ok')))).toBe('the runner was killed')
  expect(whyNotCopied(ended(0), factsOf(null))).toBe('no record of a copy')
  expect(whyNotCopied(ended(0), undefined)).toBe('no record of a copy')
})

test('what the runner itself says is the reason, also where it ended well because it had to skip', () => {
  expect(whyNotCopied(ended(1), factsOf(run('failed-source', 'no mark')))).toBe('no mark')
  expect(whyNotCopied(ended(0), factsOf(run('skipped-role')))).toBe('skipped-role')
})
