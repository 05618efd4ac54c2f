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

test('one that takes several lanes waits until they are free, and none overtakes it', async () => {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const work = inLanes(
    3,
    ['a1', 'b3', 'c2', 'd1', 'e9'],
    (item) =>
      new Promise((resolve) => {
        begun.push(item)
        ends.set(item, resolve)
      }),
    (item) => Number(item.slice(1)),
  )
  const end = async (item: string) => {
    ends.get(item)?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await end('nothing')
  expect(begun).toEqual(['a1'])
  await end('a1')
  expect(begun).toEqual(['a1', 'b3'])
  await end('b3')
  expect(begun).toEqual(['a1', 'b3', 'c2', 'd1'])
  await end('d1')
  expect(begun).toHaveLength(4)
  await end('c2')
  // It wants more than there are: all of them.
  expect(begun.at(-1)).toBe('e9')
  await end('e9')
  await work
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
