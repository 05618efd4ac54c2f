import { expect, test } from 'vitest'
import type { StreamEvent } from '@/lib/domain/views'
import { createSubscription } from '@/lib/services/live/subscription'

const beat = (at: string): StreamEvent => ({ type: 'beat', at })

test('events come in the order of their subjects, each with its newest content', async () => {
  const subscription = createSubscription('viewer')
  subscription.put(beat('1'))
  subscription.put(beat('2'))
  expect(await subscription.next()).toEqual(beat('2'))
})

test('what is older never replaces what waits already', async () => {
  const subscription = createSubscription('viewer')
  subscription.put(beat('new'))
  subscription.putOlder(beat('old'))
  expect(await subscription.next()).toEqual(beat('new'))
  subscription.putOlder(beat('first'))
  expect(await subscription.next()).toEqual(beat('first'))
})

test('a reader that waits is woken by an event and by the end', async () => {
  const subscription = createSubscription('viewer')
  const first = subscription.next()
  subscription.put(beat('1'))
  expect(await first).toEqual(beat('1'))
  const second = subscription.next()
  subscription.close()
  expect(await second).toBeNull()
  subscription.put(beat('2'))
  expect(await subscription.next()).toBeNull()
  expect(subscription.isClosed()).toBe(true)
})

test('a slow reader costs one event a subject, however many come', async () => {
  const subscription = createSubscription('viewer')
  for (let index = 0; index < 10_000; index += 1) subscription.put(beat(String(index)))
  expect(await subscription.next()).toEqual(beat('9999'))
  subscription.close()
  expect(await subscription.next()).toBeNull()
})
