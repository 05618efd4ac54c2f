import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLatestRunner } from '@/lib/services/live/latest-runner'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function runnerOf(run: (key: string) => Promise<void>, intervalMs = 200) {
  const errors: unknown[] = []
  return { errors, runner: createLatestRunner({ run, intervalMs, onError: (error) => errors.push(error) }) }
}

test('many requests within the interval are the first run and one more', async () => {
  const runs: string[] = []
  const { runner } = runnerOf(async (key) => void runs.push(key))
  for (let index = 0; index < 50; index += 1) runner.request('a')
  runner.request('b')
  expect(runs).toEqual(['a', 'b'])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(runs).toEqual(['a', 'b', 'a'])
})

test('a request during a run is answered by a run that begins after it, never by two at once', async () => {
  let running = 0
  let most = 0
  let ended = 0
  const { runner } = runnerOf(async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => setTimeout(resolve, 500))
    running -= 1
    ended += 1
  }, 0)
  runner.request('a')
  await vi.advanceTimersByTimeAsync(100)
  runner.request('a')
  await vi.advanceTimersByTimeAsync(5_000)
  expect([most, ended]).toEqual([1, 2])
})

test('a run that fails is told and does not stop the next', async () => {
  let count = 0
  const { runner, errors } = runnerOf(async () => {
    count += 1
    throw new Error('no')
  })
  runner.request('a')
  await vi.advanceTimersByTimeAsync(300)
  runner.request('a')
  await vi.advanceTimersByTimeAsync(300)
  expect([count, errors.length]).toEqual([2, 2])
})

test('nothing runs after the end', async () => {
  let count = 0
  const { runner } = runnerOf(async () => {
    count += 1
  })
  runner.request('a')
  runner.request('a')
  runner.close()
  runner.request('b')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(count).toBe(1)
})
