import { expect, test } from 'vitest'
import { ActiveRequests } from '@/lib/io/dbos/active-requests'
import { LeftRunning } from '@/lib/operations/engine/ports'

const request = { operationId: 'a', requestNumber: 0 }
/** Works until it is told to stop, and says why it was. */
const untilTold = (signal: AbortSignal) =>
  new Promise<unknown>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)))

test('work is known while it goes on and forgotten when it ended, well or not', async () => {
  const active = new ActiveRequests()
  const working = active.run(request, untilTold)
  expect(active.operationIds()).toEqual(['a'])
  expect(active.has('a:0')).toBe(true)
  active.abort('a', new Error('enough'))
  await working
  expect(active.operationIds()).toEqual([])
  await expect(active.run(request, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(active.operationIds()).toEqual([])
})

test('only the work on the operation that is meant is stopped, with the reason that is given', async () => {
  const active = new ActiveRequests()
  const meant = active.run(request, untilTold)
  const other = active.run({ operationId: 'b', requestNumber: 0 }, untilTold)
  const reason = new Error('cancelled')
  active.abort('a', reason)
  expect(await meant).toBe(reason)
  expect(active.operationIds()).toEqual(['b'])
  await active.leaveAll('the end')
  expect(await other).toBeInstanceOf(LeftRunning)
})

test('the same request given a second time begins only when the first has let go', async () => {
  const active = new ActiveRequests()
  const first = active.run(request, untilTold)
  const second = active.run(request, async () => 'second')
  expect(await first).toBeInstanceOf(LeftRunning)
  expect(await second).toBe('second')
})

test('leaving waits for work that takes its time to stop', async () => {
  const active = new ActiveRequests()
  let isOver = false
  const slow = active.run(request, async (signal) => {
    await untilTold(signal)
    await new Promise((resolve) => setTimeout(resolve, 20))
    isOver = true
  })
  await active.leaveAll('the end')
  expect(isOver).toBe(true)
  await slow
})
