import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { LeftRunning } from '@/lib/operations/engine/ports'
import { GivenUp, runBounded } from '@/lib/operations/engine/run-bounded'

const never = new AbortController().signal
const late = new Error('too late')
const bounds = { timeoutMs: 10_000, graceMs: 10_000, signal: never, timedOut: () => late }
/** Heeds its signal, as every body should, but with an error of its own. */
const heeding = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('mine'))))

describe('a bounded body', () => {
  test('answers with its result, and leaves no listener behind', async () => {
    const { signal } = new AbortController()
    await expect(runBounded({ ...bounds, signal }, async () => 7)).resolves.toBe(7)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  test('fails with its own error where nobody stopped it', async () => {
    const own = new Error('mine')
    await expect(runBounded(bounds, () => Promise.reject(own))).rejects.toBe(own)
  })

  test('is not begun when it is stopped already', async () => {
    const signal = AbortSignal.abort(late)
    let isBegun = false
    const body = async () => {
      isBegun = true
    }
    await expect(runBounded({ ...bounds, signal }, body)).rejects.toBe(late)
    expect(isBegun).toBe(false)
  })

  test('is told to stop at its limit and fails with that, whatever it says itself', async () => {
    await expect(runBounded({ ...bounds, timeoutMs: 5 }, heeding)).rejects.toBe(late)
  })

  test('is told to stop by the outer signal, with its reason', async () => {
    const outer = new AbortController()
    const reason = new Error('cancelled')
    const ended = runBounded({ ...bounds, signal: outer.signal }, heeding)
    outer.abort(reason)
    await expect(ended).rejects.toBe(reason)
  })

  test('that finishes although it was told to stop has finished', async () => {
    const outer = new AbortController()
    const ended = runBounded(
      { ...bounds, signal: outer.signal },
      (signal) => new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('done'))),
    )
    outer.abort(late)
    await expect(ended).resolves.toBe('done')
  })

  test('that does not stop is given up after its grace, with the reason why it was told to', async () => {
    const deaf = () => new Promise<never>(() => undefined)
    const error = await runBounded({ ...bounds, timeoutMs: 5, graceMs: 5 }, deaf).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(GivenUp)
    expect(error.cause).toBe(late)
  })

  test('that does not stop does not hold up a process that leaves', async () => {
    const outer = new AbortController()
    const deaf = () => new Promise<never>(() => undefined)
    const ended = runBounded({ ...bounds, signal: outer.signal, graceMs: 5 }, deaf)
    outer.abort(new LeftRunning('shutting down'))
    await expect(ended).rejects.toBeInstanceOf(GivenUp)
  })
})
