import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { signOfLifeMs } from '@/lib/domain/host-lock'
import type { Role } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import { holdGround, planOn } from '@/test/harness/hold-ground'

/** The signs of life that a worker gives on the hosts that it holds: each sets the time of the lock anew. */
const signal = new AbortController().signal

let { doors, taking, hold, ranOn } = holdGround()
beforeEach(() => {
  vi.useFakeTimers()
  ;({ doors, taking, hold, ranOn } = holdGround())
})
afterEach(() => vi.useRealTimers())

const shownOn = (role: Role) => ranOn(role, 'touch -c') - ranOn(role, 'echo kept')
const both = () => [shownOn('primary'), shownOn('standby')]
const pass = (signs: number) => vi.advanceTimersByTimeAsync(signs * signOfLifeMs)

test('while an operation is worked on, every host that it holds is shown so again and again', async () => {
  const holding = hold(planOn('standby'))
  await pass(2)
  expect(both()).toEqual([0, 0])
  await holding.take(signal)
  await pass(3)
  expect(both()).toEqual([3, 3])
  holding.close()
})

test.each([
  ['the worker leaves it as it stands', async (holding: ReturnType<typeof hold>) => holding.close()],
  ['its hosts are let go', (holding: ReturnType<typeof hold>) => holding.release()],
])('nothing is shown any more once %s', async (_, leave) => {
  const holding = hold()
  await holding.take(signal)
  await pass(1)
  await leave(holding)
  await pass(5)
  expect(both()).toEqual([1, 1])
  expect(vi.getTimerCount()).toBe(0)
})

test('nothing is shown where a host could not be taken, nor on one that is done without', async () => {
  taking.primary = [new AppError('HOST_UNREACHABLE', 'It is away.')]
  const without = hold(planOn('standby'))
  await without.take(signal)
  await pass(2)
  expect(both()).toEqual([0, 2])
  without.close()
  taking.standby = [new AppError('HOST_AUTH_FAILED', 'It refused.')]
  await expect(hold(planOn('standby')).take(signal)).rejects.toMatchObject({ code: 'HOST_AUTH_FAILED' })
  await pass(2)
  expect(both()).toEqual([0, 2])
})

test('a host that hangs or is away fails nothing and is not asked twice at once; it is shown again when it is back', async () => {
  const holding = hold()
  await holding.take(signal)
  let fail = (_: AppError): void => undefined
  doors.standby.onRun = () =>
    new Promise((_, reject) => {
      fail = reject
    })
  await pass(4)
  expect(both()).toEqual([4, 1])
  fail(new AppError('HOST_CONNECTION_LOST', 'It was lost.'))
  doors.standby.onRun = () => ''
  await pass(2)
  expect(both()).toEqual([6, 3])
  holding.close()
})

test('no process is kept alive by it', async () => {
  vi.useRealTimers()
  const alive = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = alive()
  const holding = hold()
  await holding.take(signal)
  expect(alive()).toBeLessThanOrEqual(before)
  holding.close()
})
