import { expect, test } from 'vitest'
import { AppError } from '@/lib/errors'
import { bounded, pause, unlessAborted } from '@/lib/watch/bounded'

const tooLate = () => new AppError('HOST_COMMAND_TIMED_OUT', 'Too late.')
const never = () => new Promise<never>(() => undefined)

test('work that ends in time gives its outcome, or its own error', async () => {
  await expect(bounded(Promise.resolve(7), 1000, tooLate)).resolves.toBe(7)
  await expect(bounded(Promise.reject(new RangeError('no')), 1000, tooLate)).rejects.toThrow(RangeError)
})

test('work that hangs is given up', async () => {
  await expect(bounded(never(), 5, tooLate)).rejects.toMatchObject({ code: 'HOST_COMMAND_TIMED_OUT' })
})

test('work that fails after it was given up harms nobody', async () => {
  let fail: (error: Error) => void = () => undefined
  const work = new Promise<never>((_, reject) => {
    fail = reject
  })
  await expect(bounded(work, 5, tooLate)).rejects.toMatchObject({ code: 'HOST_COMMAND_TIMED_OUT' })
  fail(new Error('late'))
  await expect(work).rejects.toThrow('late')
})

test('a pause ends with its signal', async () => {
  const ended = new AbortController()
  const waiting = pause(60_000, ended.signal)
  ended.abort()
  await waiting
  await pause(60_000, ended.signal)
  await pause(-5, new AbortController().signal)
})

test('work is no longer waited for once the signal is aborted', async () => {
  const ended = new AbortController()
  await expect(unlessAborted(Promise.resolve(7), ended.signal)).resolves.toBe(7)
  const waiting = unlessAborted(never(), ended.signal)
  ended.abort()
  await expect(waiting).resolves.toBeNull()
  await expect(unlessAborted(never(), ended.signal)).resolves.toBeNull()
  await expect(unlessAborted(Promise.reject(new RangeError('no')), ended.signal)).resolves.toBeNull()
})
