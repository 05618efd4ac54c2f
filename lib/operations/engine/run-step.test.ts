import { describe, expect, test } from 'vitest'
import type { PlannedStep } from '@/lib/domain/operation'
import { stepStates } from '@/lib/domain/operation-state'
import { AppError, type ErrorCode } from '@/lib/errors'
import { OperationWriter } from '@/lib/operations/engine/operation-writer'
import { LeftRunning } from '@/lib/operations/engine/ports'
import { runStep } from '@/lib/operations/engine/run-step'
import { type Proof, type Step, stopReason } from '@/lib/operations/engine/step'
import { systemClock } from '@/lib/time'
import { MemoryHold } from '@/test/harness/memory-hold'
import { memoryOperation } from '@/test/harness/memory-operations'
import { plannedStep, planOf } from '@/test/harness/operation-events'

type World = { effect: number }

/** A step whose effect is a counter in memory; `over` spoils it. */
function counting(
  over: Partial<Pick<Step<World>, 'check' | 'run' | 'verify'>> & { prove?: Proof<World> } = {},
  planned: Partial<PlannedStep> = {},
): Step<World> {
  const { prove, ...deeds } = over
  const step = {
    check: async ({ effect }: World) =>
      effect > 0 ? { done: true as const, sentence: 'It was there.' } : { done: false as const },
    run: async (world: World) => {
      world.effect += 1
    },
    verify: async ({ effect }: World) => {
      if (effect === 0) throw new AppError('STEP_FAILED', 'It is not there.')
      return 'It is there.'
    },
    ...deeds,
  }
  const all = plannedStep('one', planned)
  return prove ? { ...step, planned: all, prove } : { ...step, planned: { ...all, irreversible: false } }
}

async function trying(
  step: Step<World>,
  { hasBegun = false, wasDone = false, effect = 0, hold = new MemoryHold() } = {},
) {
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
    hold,
    signal: controller.signal,
    graceMs: 50,
    hasBegun,
    wasDone,
    onError: (error) => errors.push(error),
  })
  const view = () => stepStates(plan, operations.recorded)[0]
  const types = () => operations.recorded.slice(1).map(({ event }) => event.type)
  return { ended, controller, context, errors, view, types, recorded: operations.recorded }
}

/** Never ends by itself; tells why it was stopped. */
function waiting(stopped: (why: string | null) => void): Step<World>['run'] {
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

  describe('that can’t be looked at because its host is away', () => {
    const away = () => Promise.reject(new AppError('HOST_UNREACHABLE', 'alpha can’t be reached.'))

    test.each(['check', 'verify'] as const)(
      'is believed where this operation saw it done (%s)',
      async (deed) => {
        const step = counting({ [deed]: away }, { attemptsMax: 2 })
        const { ended, types, view, context } = await trying(step, {
          hasBegun: true,
          wasDone: true,
          effect: 1,
        })
        expect(await ended).toEqual({ ended: 'well' })
        expect(types()).toEqual(['step.output', 'step.skipped'])
        expect(view()?.sentence).toBe(
          'It was done before, and can’t be looked at now: alpha can’t be reached.',
        )
        expect(context.effect).toBe(1)
      },
    )

    test('fails where it did not, and says what is left to do', async () => {
      const { ended, view } = await trying(counting({ check: away }), { hasBegun: true, effect: 1 })
      expect(await ended).toMatchObject({ ended: 'failed', error: { code: 'HOST_UNREACHABLE' } })
      expect(view()?.fix).toContain('close the operation and plan it anew')
    })

    test('is not believed where the host answered that it is another, or let nobody in', async () => {
      for (const code of ['WRONG_HOST', 'HOST_AUTH_FAILED', 'HOST_KEY_CHANGED'] as const) {
        const check = () => Promise.reject(new AppError(code, 'Not like this.'))
        const { ended } = await trying(counting({ check }), { hasBegun: true, wasDone: true, effect: 1 })
        expect(await ended).toMatchObject({ ended: 'failed', error: { code } })
      }
    })
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

  test('whose command fails on the host says in its output what the host said', async () => {
    const refused = new AppError('HOST_COMMAND_FAILED', 'A command on alpha failed.', {
      detail: 'exit code 1: pg_ctl: server does not shut down',
    })
    const { ended, recorded } = await trying(counting({ run: () => Promise.reject(refused) }))
    expect(await ended).toMatchObject({ ended: 'failed' })
    expect(recorded.map(({ event }) => event)).toContainEqual(
      expect.objectContaining({
        type: 'step.output',
        line: 'exit code 1: pg_ctl: server does not shut down',
      }),
    )
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
    const run: Step<World>['run'] = (_, io) => {
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
    const run: Step<World>['run'] = (context, io) => {
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

describe('the right host', () => {
  const wrong = () => Promise.reject(new AppError('WRONG_HOST', 'It is another machine.'))

  test('is proved after the check and before the step is said to have started, so nothing has to be undone', async () => {
    const hold = new MemoryHold({ prove: wrong })
    const { ended, types, context } = await trying(counting({}, { attemptsMax: 3, host: 'standby' }), {
      hold,
    })
    expect(await ended).toMatchObject({ ended: 'failed', error: { code: 'WRONG_HOST' } })
    expect(types()).toEqual(['step.failed'])
    expect(context.effect).toBe(0)
    expect(hold.asked).toEqual(['prove standby'])
  })

  test('that a dangerous step does not recognise is not touched, and it is not tried again', async () => {
    let asked = 0
    const prove = () => {
      asked += 1
      return wrong()
    }
    const { ended, types, context } = await trying(counting({ prove }, { attemptsMax: 3 }))
    expect(await ended).toMatchObject({ ended: 'failed', error: { code: 'WRONG_HOST' } })
    expect([types(), context.effect, asked]).toEqual([['step.failed'], 0, 1])
  })

  test('is proved anew for each attempt, and what was seen stands in the record', async () => {
    let attempts = 0
    const run = async (world: World) => {
      attempts += 1
      if (attempts === 1) throw new AppError('HOST_CONNECTION_LOST', 'Lost.')
      world.effect += 1
    }
    const hold = new MemoryHold()
    const step = counting(
      { run, prove: async () => 'It proved itself.' },
      { attemptsMax: 2, host: 'primary' },
    )
    const { ended, recorded } = await trying(step, { hold })
    expect(await ended).toEqual({ ended: 'well' })
    expect(hold.asked).toEqual(['prove primary', 'prove primary'])
    const said = recorded.flatMap(({ event }) => (event.type === 'step.output' ? [event.line] : []))
    expect(said.filter((line) => line === 'It proved itself.')).toHaveLength(2)
  })

  test('is not asked where the effect is there already', async () => {
    const hold = new MemoryHold({ prove: wrong })
    const { ended } = await trying(counting({ prove: wrong }), { effect: 1, hold })
    expect(await ended).toEqual({ ended: 'well' })
  })

  test('can’t be left out of what can’t be taken back: the type refuses it', () => {
    type Deeds = Pick<Step<World>, 'check' | 'run' | 'verify'>
    type Irreversible = Deeds & { planned: PlannedStep & { irreversible: true } }
    type IsStep<T> = T extends Step<World> ? true : false
    const unproved: IsStep<Irreversible> = false
    const proved: IsStep<Irreversible & { prove: Proof<World> }> = true
    expect([unproved, proved]).toEqual([false, true])
  })
})
