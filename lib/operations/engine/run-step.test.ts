import { describe, expect, test } from 'vitest'
import type { PlannedStep } from '@/lib/domain/operation'
import { stepStates } from '@/lib/domain/operation-state'
import { AppError, type ErrorCode } from '@/lib/errors'
import { OperationWriter } from '@/lib/operations/engine/operation-writer'
import { LeftRunning } from '@/lib/operations/engine/ports'
import { runStep } from '@/lib/operations/engine/run-step'
import { type Step, stopReason } from '@/lib/operations/engine/step'
import { systemClock } from '@/lib/time'
import { memoryOperation } from '@/test/harness/memory-operations'
import { plannedStep, planOf } from '@/test/harness/operation-events'

/** A step whose effect is a counter in memory; `over` spoils it. */
function counting(over: Partial<Step<{ effect: number }>> = {}, planned: Partial<PlannedStep> = {}) {
  const step: Step<{ effect: number }> = {
    planned: plannedStep('one', planned),
    check: async ({ effect }) => (effect > 0 ? { done: true, sentence: 'It was there.' } : { done: false }),
    run: async (world) => {
      world.effect += 1
    },
    verify: async ({ effect }) => {
      if (effect === 0) throw new AppError('STEP_FAILED', 'It is not there.')
      return 'It is there.'
    },
    ...over,
  }
  return step
}

async function trying(step: Step<{ effect: number }>, { hasBegun = false, effect = 0 } = {}) {
  const plan = planOf([step.planned])
  const operations = memoryOperation(plan)
  const { seq } = await operations.append('op-1', { type: 'operation.started', mode: 'run' })
  const controller = new AbortController()
  const context = { effect }
  const errors: unknown[] = []
  const ended = runStep({
    step,
    context,
    writer: new OperationWriter(operations, 'op-1', seq, systemClock),
    signal: controller.signal,
    graceMs: 50,
    hasBegun,
    onError: (error) => errors.push(error),
  })
  const view = () => stepStates(plan, operations.recorded)[0]
  const types = () => operations.recorded.slice(1).map(({ event }) => event.type)
  return { ended, controller, context, errors, view, types }
}

/** Never ends by itself; tells why it was stopped. */
function waiting(stopped: (why: string | null) => void): Step<{ effect: number }>['run'] {
  return (_, { signal }) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        stopped(stopReason(signal))
        reject(new Error('stopped'))
      }),
    )
}

describe('a step', () => {
  test('is started before it acts and ends when its effect was seen', async () => {
    const { ended, types, view } = await trying(counting())
    expect(await ended).toEqual({ ended: 'well' })
    expect(types()).toEqual(['step.started', 'step.succeeded'])
    expect(view()).toMatchObject({ state: 'succeeded', sentence: 'It is there.' })
  })

  test('whose effect is there already is skipped with its sentence and never started', async () => {
    const { ended, types, context } = await trying(counting(), { effect: 1 })
    expect(await ended).toEqual({ ended: 'well' })
    expect(types()).toEqual(['step.skipped'])
    expect(context.effect).toBe(1)
  })

  test('that was begun before is not believed by its check alone: what was missed is done', async () => {
    const missing = new AppError('STEP_FAILED', 'The checkpoint is missing.')
    let isComplete = false
    const step = counting({
      run: async () => {
        isComplete = true
      },
      verify: async () => {
        if (!isComplete) throw missing
        return 'It is complete.'
      },
    })
    const { ended, types } = await trying(step, { hasBegun: true, effect: 1 })
    expect(await ended).toEqual({ ended: 'well' })
    expect(types()).toEqual(['step.started', 'step.succeeded'])
  })

  test('that ended without its effect has failed', async () => {
    const { ended, view } = await trying(counting({ run: async () => undefined }))
    expect(await ended).toMatchObject({ ended: 'failed', error: { code: 'STEP_FAILED' } })
    expect(view()).toMatchObject({ state: 'failed', sentence: 'It is not there.' })
  })

  test('is tried as often as planned, and says in its output what went wrong before', async () => {
    let calls = 0
    const run = async (world: { effect: number }) => {
      calls += 1
      if (calls < 2) throw new AppError('HOST_TIMED_OUT', 'The host did not answer.')
      world.effect += 1
    }
    const { ended, types, view } = await trying(counting({ run }, { attemptsMax: 3 }))
    expect(await ended).toEqual({ ended: 'well' })
    expect(calls).toBe(2)
    expect(types()).toEqual(['step.started', 'step.output', 'step.started', 'step.succeeded'])
    expect(view()?.state).toBe('succeeded')
  })

  test.each<ErrorCode>(['WRONG_HOST', 'HOST_KEY_CHANGED', 'HOST_AUTH_FAILED', 'PRECONDITION_FAILED'])(
    'is not tried again after %s: that needs an operator',
    async (code) => {
      let calls = 0
      const check = async () => {
        calls += 1
        throw new AppError(code, 'Not like this.', { fix: 'Look.' })
      }
      const { ended, types } = await trying(counting({ check }, { attemptsMax: 5 }))
      expect(await ended).toMatchObject({ ended: 'failed', error: { code, fix: 'Look.' } })
      expect(calls).toBe(1)
      expect(types()).toEqual(['step.failed'])
    },
  )

  test('that meets an error of ours shows none of its text, and the log gets all of it', async () => {
    const bug = new TypeError('password=hunter2')
    const { ended, errors, view } = await trying(counting({ run: () => Promise.reject(bug) }))
    expect(await ended).toMatchObject({ ended: 'failed', error: { code: 'INTERNAL' } })
    expect(JSON.stringify(view())).not.toContain('hunter2')
    expect(errors).toEqual([bug])
  })

  test('that takes too long is told so and stopped', async () => {
    const reasons: (string | null)[] = []
    const step = counting({ run: waiting((why) => reasons.push(why)) }, { timeoutMs: 10 })
    const { ended, view } = await trying(step)
    expect(await ended).toMatchObject({ ended: 'failed', error: { code: 'STEP_TIMED_OUT' } })
    expect(reasons).toEqual(['timed-out'])
    expect(view()?.sentence).toContain('limit of 0.01 s')
  })

  test('that does not stop is not tried again, and what it says later is not recorded', async () => {
    let speak: (line: string) => void = () => undefined
    const run: Step<{ effect: number }>['run'] = (_, io) => {
      speak = io.output
      return new Promise(() => undefined)
    }
    const { ended, types, view } = await trying(counting({ run }, { timeoutMs: 10, attemptsMax: 3 }))
    await ended
    speak('I am still here')
    expect(view()?.sentence).toContain('may still be acting')
    expect(types()).toEqual(['step.started', 'step.failed'])
  })

  test('that is cancelled is stopped and ends as cancelled', async () => {
    const reasons: (string | null)[] = []
    const { ended, controller, types } = await trying(counting({ run: waiting((why) => reasons.push(why)) }))
    controller.abort(new AppError('CANCELLED', 'It was cancelled.'))
    expect(await ended).toEqual({ ended: 'cancelled' })
    expect(types().at(-1)).toBe('step.failed')
    expect(reasons.filter((why) => why !== 'cancelled')).toEqual([])
  })

  test('whose process leaves writes no end: whoever takes over finds it running', async () => {
    let isBegun: () => void = () => undefined
    const begun = new Promise<void>((resolve) => {
      isBegun = resolve
    })
    const reasons: (string | null)[] = []
    const wait = waiting((why) => reasons.push(why))
    const run: Step<{ effect: number }>['run'] = (context, io) => {
      isBegun()
      return wait(context, io)
    }
    const { ended, controller, view } = await trying(counting({ run }))
    await begun
    controller.abort(new LeftRunning('shutting down'))
    await expect(ended).rejects.toBeInstanceOf(LeftRunning)
    expect(view()?.state).toBe('running')
    expect(reasons).toEqual(['left-running'])
  })
})
