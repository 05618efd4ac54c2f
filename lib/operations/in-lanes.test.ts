import { expect, test } from 'vitest'
import { inLanes } from '@/lib/operations/in-lanes'

test('never more at once than there are lanes, and each item once, in order', async () => {
  let running = 0
  let most = 0
  const begun: number[] = []
  await inLanes(2, [1, 2, 3, 4, 5], async (item) => {
    begun.push(item)
    running++
    most = Math.max(most, running)
    await Promise.resolve()
    running--
  })
  expect(begun).toEqual([1, 2, 3, 4, 5])
  expect(most).toBe(2)
})

test('after a failure nothing new is begun, what runs is waited for, and the first failure is thrown', async () => {
  const ended: number[] = []
  const work = inLanes(2, [1, 2, 3, 4], async (item) => {
    if (item === 1) throw new Error('first')
    await new Promise((resolve) => setTimeout(resolve, 5))
    ended.push(item)
  })
  await expect(work).rejects.toThrow('first')
  expect(ended).toEqual([2])
})
