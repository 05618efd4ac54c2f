import { afterEach, expect, test, vi } from 'vitest'
import { sharedLook } from '@/lib/operations/promote/shared-look'

afterEach(() => vi.useRealTimers())

/** Looks that find what `found` says next; how often it was looked. */
function looking() {
  const found: (Error | null)[] = []
  let count = 0
  const look = sharedLook<string>(async () => {
    count += 1
    const error = found.shift()
    if (error) throw error
  })
  return { look, found, count: () => count }
}

test('a look that was begun a moment ago is taken once, and what it found with it', async () => {
  const { look, found, count } = looking()
  found.push(new Error('it answers'))
  look.begin('')
  await expect(look.take('')).rejects.toThrow('it answers')
  expect(count()).toBe(1)
  await look.take('')
  expect(count()).toBe(2)
})

test('a look that is too old is not believed: it is looked again', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const { look, found, count } = looking()
  found.push(null, new Error('it answers again'))
  look.begin('')
  vi.advanceTimersByTime(1_001)
  await expect(look.take('')).rejects.toThrow('it answers again')
  expect(count()).toBe(2)
})

test('without one that was begun it is looked then, and one that nobody takes harms nobody', async () => {
  const { look, found, count } = looking()
  found.push(new Error('nobody asks'))
  look.begin('')
  look.begin('')
  await look.take('')
  expect(count()).toBe(2)
})
