import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { outcomeOf } from '@/lib/domain/run-outcome'
import { root } from '@/test/repository/source-files'

const runner = readFileSync(`${root}/host/understudy-sync`, 'utf8')
/** Results that the runner itself decides; what rsync decided is told by its exit code. */
const results = [
  ...new Set([
    ...[...runner.matchAll(/record (skipped-[a-z]+|failed-[a-z]+)/g)].map(([, result]) => result ?? ''),
    'failed-source',
    'failed-deletions',
    'ok',
  ]),
]

test('every result of the runner has its own words, and all but the good one what to do', () => {
  expect(results.length).toBeGreaterThanOrEqual(6)
  for (const result of results) {
    const { words, fix } = outcomeOf({ result, exitCode: 0 })
    expect(words, result).not.toBe('failed')
    expect(fix === '', result).toBe(result === 'ok')
  }
})

test.each([1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24, 25, 30, 35, 255])(
  'exit code %i is explained (rsync(1), EXIT VALUES)',
  (exitCode) => {
    const { sentence, fix } = outcomeOf({ result: 'failed', exitCode })
    expect(sentence).not.toContain('exit code')
    expect(fix === '').toBe(exitCode === 24)
  },
)

test('an exit code that nobody knows is told as it is', () => {
  expect(outcomeOf({ result: 'failed', exitCode: 99 }).sentence).toBe('It ended with exit code 99.')
})
