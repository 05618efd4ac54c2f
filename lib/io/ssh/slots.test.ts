import { expect, test } from 'vitest'
import { Slots } from '@/lib/io/ssh/slots'

test('at most the limit is held, and the others enter in the order in which they came', async () => {
  const slots = new Slots(2)
  const order: number[] = []
  let inside = 0
  let most = 0
  await Promise.all(
    Array.from({ length: 9 }, async (_, index) => {
      const giveBack = await slots.take()
      order.push(index)
      inside += 1
      most = Math.max(most, inside)
      await Promise.resolve()
      inside -= 1
      giveBack()
      giveBack()
    }),
  )
  expect(most).toBe(2)
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect(slots.held).toBe(0)
})

test('whoever gives up waiting leaves the queue and takes no slot', async () => {
  const slots = new Slots(1)
  const giveBack = await slots.take()
  const abort = new AbortController()
  const impatient = slots.take(abort.signal)
  const patient = slots.take()
  abort.abort(new Error('enough'))
  await expect(impatient).rejects.toThrow('enough')
  giveBack()
  ;(await patient)()
  expect(slots.held).toBe(0)
  await expect(slots.take(abort.signal)).rejects.toThrow('enough')
})

test('closing refuses everybody who waits', async () => {
  const slots = new Slots(1)
  await slots.take()
  const waiting = slots.take()
  slots.close(new Error('lost'))
  await expect(waiting).rejects.toThrow('lost')
})
