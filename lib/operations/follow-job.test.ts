import { describe, expect, test, vi } from 'vitest'
import { AppError, type ErrorCode } from '@/lib/errors'
import { LeftRunning } from '@/lib/operations/engine/ports'
import { followJob } from '@/lib/operations/follow-job'
import type { JobState } from '@/lib/ports/host-door'
import { ScriptedDoor } from '@/test/harness/scripted-door'
import { listeningIo } from '@/test/harness/step-io'

const silent = (code: ErrorCode = 'HOST_UNREACHABLE') =>
  new AppError(code, 'db1 can’t be reached.', { fix: 'Look.' })
const ended: JobState = { state: 'ended', exitCode: 0 }
const running: JobState = { state: 'running', pid: 7 }

/** Follows a job whose states come in turn, the last one again and again; by the clock that is given `everyMs` pass each time. */
function follow(states: readonly (JobState | Error)[], controller = new AbortController(), everyMs = 500) {
  let nowMs = 0
  let asked = 0
  let shown = 0
  const io = { ...listeningIo(), signal: controller.signal }
  const door = Object.assign(new ScriptedDoor(), {
    jobState: async () => {
      const state = states[Math.min(asked, states.length - 1)]
      asked += 1
      nowMs += everyMs
      if (state instanceof Error) throw state
      return state ?? ended
    },
  })
  const clock = { now: () => new Date(nowMs) }
  const outcome = followJob({ door, jobId: 'job', clock }, io, async () => {
    shown += 1
  })
  return { outcome, io, asked: () => asked, shown: () => shown }
}

describe('following a job', () => {
  test.each<JobState>([ended, { state: 'ended', exitCode: 23 }, { state: 'vanished' }, { state: 'absent' }])(
    'gives the state in which it does not run any more: %o',
    async (state) => {
      const { outcome, shown } = follow([state])
      expect(await outcome).toEqual(state)
      expect(shown()).toBe(0)
    },
  )

  test('shows how far it is while it runs', async () => {
    const { outcome, shown } = follow([running, ended])
    expect(await outcome).toEqual(ended)
    expect(shown()).toBe(1)
  })

  test('waits for a host that is silent for a while, and says when it is silent and when it is back', async () => {
    const { outcome, io } = follow([silent(), ended])
    expect(await outcome).toEqual(ended)
    expect(io.said).toEqual(['db1 can’t be reached.', 'db1 answers again.'])
  })

  test('gives up a host that is silent for longer than a minute', async () => {
    const states = [silent(), silent()]
    const { outcome, io } = follow(states, new AbortController(), 61_000)
    await expect(outcome).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' })
    expect(io.said).toEqual(['db1 can’t be reached.'])
  })

  test.each<ErrorCode>(['HOST_COMMAND_FAILED', 'HOST_DISK_FULL', 'INTERNAL'])(
    'does not wait where the host answers with %s',
    async (code) => {
      const { outcome, asked } = follow([silent(code), ended])
      await expect(outcome).rejects.toMatchObject({ code })
      expect(asked()).toBe(1)
    },
  )

  test('asks nothing more once it is stopped, and ends with the reason', async () => {
    const controller = new AbortController()
    controller.abort(new LeftRunning('shutting down'))
    const { outcome, asked } = follow([running], controller)
    await expect(outcome).rejects.toThrow(LeftRunning)
    expect(asked()).toBe(0)
  })

  test('ends at once when it is stopped while it waits', async () => {
    const controller = new AbortController()
    const { outcome, asked } = follow([running], controller)
    const stopped = expect(outcome).rejects.toMatchObject({ code: 'CANCELLED' })
    await vi.waitFor(() => expect(asked()).toBe(1))
    controller.abort(new AppError('CANCELLED', 'It was cancelled.'))
    await stopped
    expect(asked()).toBe(1)
  })
})
