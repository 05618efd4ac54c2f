import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { MayFail } from '@/lib/domain/operation'
import { operationOutcome, stepStates } from '@/lib/domain/operation-state'
import { AppError } from '@/lib/errors'
import { LeftRunning } from '@/lib/operations/engine/ports'
import { chainedProofs, engineProofs } from '@/test/harness/engine-proofs'
import { EngineTrial, type ProvingGround } from '@/test/harness/engine-trial'
import { MemoryHold } from '@/test/harness/memory-hold'
import {
  breakStep,
  readEffects,
  type ToyWorld,
  toyPlan,
  toyStep,
  toyStepIds,
} from '@/test/harness/toy-operation'

async function toyGround(
  irreversible?: (typeof toyStepIds)[number],
  hold = new MemoryHold(),
): Promise<ProvingGround<ToyWorld>> {
  const world = { directory: await mkdtemp(join(tmpdir(), 'understudy-toy-')), pauseMs: 1 }
  const plan = toyPlan({}, irreversible)
  const verifyEffects = async (wanted: readonly string[]) => expect(await readEffects(world)).toEqual(wanted)
  return {
    plan,
    steps: plan.steps.map(toyStep),
    context: world,
    hold,
    verifyInvariants: async () => {
      await readEffects(world)
    },
    verifyDone: () => verifyEffects(toyStepIds),
    verifyUndone: () => verifyEffects([]),
    dispose: () => rm(world.directory, { recursive: true }),
  }
}

describe('an operation whose steps can all be undone', () => {
  test.each(engineProofs(toyPlan().steps, () => toyGround()))('$name', ({ prove }) => prove())
})

describe('an operation with a point of no return', () => {
  test.each(engineProofs(toyPlan({}, 'three').steps, () => toyGround('three')))('$name', ({ prove }) =>
    prove(),
  )
})

describe('an operation that is hurt at every step in turn', () => {
  test.each(chainedProofs(() => toyGround()))('$name', ({ prove }) => prove())
  test.each(chainedProofs(() => toyGround('three')))('with a point of no return: $name', ({ prove }) =>
    prove(),
  )
})

describe('an operation', () => {
  const trialOf = async () => new EngineTrial(await toyGround())

  test('that ended already is not run again when its worker died before it could say so', async () => {
    const trial = await trialOf()
    await trial.life()
    const before = trial.operations.recorded.length
    expect(await trial.life()).toBe('succeeded')
    expect(trial.operations.recorded).toHaveLength(before)
    await trial.ground.dispose()
  })

  test('taken over by another worker is shown as resumed', async () => {
    const trial = await trialOf()
    const leaving = new AbortController()
    leaving.abort(new LeftRunning('shutting down'))
    expect(await trial.life(trial.ground.steps, leaving)).toBe('dead')
    expect(await trial.life()).toBe('succeeded')
    const starts = trial.operations.recorded.flatMap(({ event }) =>
      event.type === 'operation.started' ? [event.mode] : [],
    )
    expect(starts).toEqual(['run', 'resume'])
    await trial.ground.dispose()
  })

  test('whose plan was made by another version fails with that sentence and touches nothing', async () => {
    const trial = await trialOf()
    expect(await trial.life(trial.ground.steps.slice(1))).toBe('failed')
    expect(trial.operations.recorded.at(-1)?.event).toMatchObject({ error: { code: 'PRECONDITION_FAILED' } })
    await trial.ground.verifyUndone()
    await trial.ground.dispose()
  })

  test('whose undo was asked for behind the point of no return refuses again when it runs', async () => {
    const ground = await toyGround('two')
    const trial = new EngineTrial(ground)
    const broken = ground.steps.map((step) =>
      step.planned.id === 'three' ? { ...step, run: () => Promise.reject(new Error('broken')) } : step,
    )
    expect(await trial.life(broken)).toBe('failed')
    await expect(trial.ask('undo')).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' })
    await trial.operations.append('op-1', { type: 'operation.requested', mode: 'undo', by: 'ann' })
    expect(await new EngineTrial(ground, trial.operations).life()).toBe('undo-failed')
    expect(await readEffects(ground.context)).toEqual(['one', 'two'])
    await ground.dispose()
  })
})

describe('a step that may fail', () => {
  /** The toy operation with `three` failing, where `mayFail` stands on some of its steps. */
  async function lifeWith(mayFail: Readonly<Record<string, MayFail>>) {
    const ground = await toyGround()
    const steps = ground.plan.steps.map((planned) => {
      const way = mayFail[planned.id]
      return { ...planned, ...(way && { mayFail: way }) }
    })
    const given = {
      ...ground,
      plan: { ...ground.plan, steps },
      steps: steps.map(toyStep),
      // The toy's own invariant is that no effect stands without those before it.
      verifyInvariants: async () => undefined,
    }
    await mkdir(join(ground.context.directory, 'effects'), { recursive: true })
    await breakStep(ground.context, 'three')
    const trial = new EngineTrial(given)
    const state = await trial.life()
    const ended = stepStates(given.plan, trial.operations.recorded).map((step) => step.state)
    return { state, ended, trial, ground }
  }

  test('ends the operation where the plan does not say that it may', async () => {
    const { state, ended, ground } = await lifeWith({ four: 'not-reattached' })
    expect([state, ended]).toEqual(['failed', ['succeeded', 'succeeded', 'failed', 'pending']])
    await ground.dispose()
  })

  test('is followed by the next way, and the operation succeeds', async () => {
    const { state, ended, trial, ground } = await lifeWith({ three: 'next-way' })
    expect([state, ended]).toEqual(['succeeded', ['succeeded', 'succeeded', 'failed', 'succeeded']])
    expect(operationOutcome(trial.ground.plan, trial.operations.recorded)).toBe('complete')
    await ground.dispose()
  })

  test('leaves what belongs to it undone, and the operation’s outcome says so', async () => {
    const { state, ended, trial, ground } = await lifeWith({
      three: 'not-reattached',
      four: 'not-reattached',
    })
    expect([state, ended]).toEqual(['succeeded', ['succeeded', 'succeeded', 'failed', 'pending']])
    expect(operationOutcome(trial.ground.plan, trial.operations.recorded)).toBe('not-reattached')
    await ground.dispose()
  })

  test('is a finding: what else would be found is left out, the rest is cleared up, and the outcome says so', async () => {
    const { state, ended, trial, ground } = await lifeWith({ two: 'finding', three: 'finding' })
    expect([state, ended]).toEqual(['succeeded', ['succeeded', 'succeeded', 'failed', 'succeeded']])
    expect(operationOutcome(trial.ground.plan, trial.operations.recorded)).toBe('finding')
    const left = await lifeWith({ three: 'finding', four: 'finding' })
    expect(left.ended).toEqual(['succeeded', 'succeeded', 'failed', 'pending'])
    await ground.dispose()
    await left.ground.dispose()
  })
})

describe('the hosts of an operation', () => {
  const busy = () => Promise.reject(new AppError('PAIR_BUSY', 'b is held by somebody else.'))
  const sentences = (trial: EngineTrial<ToyWorld>) =>
    trial.operations.recorded.flatMap(({ event }) =>
      event.type === 'operation.noted' ? [event.sentence] : [],
    )

  test('are held before the first step, let go at the end, and the transcript has the end in it', async () => {
    const hold = new MemoryHold({ take: async () => ['Holds a and b.'] })
    const trial = new EngineTrial(await toyGround(undefined, hold))
    trial.expect(await trial.life(), 'succeeded')
    expect([hold.asked[0], ...hold.asked.slice(-2)]).toEqual(['take', 'release', 'write'])
    expect(hold.written.at(-1)?.event).toEqual({ type: 'operation.succeeded' })
    expect(hold.written.map(({ seq }) => seq)).toEqual(trial.operations.recorded.map(({ seq }) => seq))
    expect(sentences(trial)).toEqual(['Holds a and b.'])
    await trial.ground.dispose()
  })

  test('that somebody else holds are not touched: it fails and names them', async () => {
    const trial = new EngineTrial(await toyGround(undefined, new MemoryHold({ take: busy })))
    trial.expect(await trial.life(), 'failed')
    expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
      error: { code: 'PAIR_BUSY', message: 'b is held by somebody else.' },
    })
    await trial.ground.verifyUndone()
    await trial.ground.dispose()
  })

  test('stay held while it stands, are kept by whoever goes on, and are let go once it is undone', async () => {
    const hold = new MemoryHold()
    const trial = new EngineTrial(await toyGround(undefined, hold))
    const broken = trial.ground.steps.map((step) =>
      step.planned.id === 'three' ? { ...step, run: () => Promise.reject(new Error('broken')) } : step,
    )
    trial.expect(await trial.life(broken), 'failed')
    expect(hold.asked).not.toContain('release')
    expect(hold.written.at(-1)?.event.type).toBe('operation.failed')
    await trial.ask('undo')
    trial.expect(await trial.life(), 'undone')
    expect(hold.asked.filter((asked) => asked === 'take')).toHaveLength(2)
    expect(hold.asked.slice(-2)).toEqual(['release', 'write'])
    await trial.ground.dispose()
  })

  test('are taken by nobody when its worker dies: the lock is the operation’s, not the worker’s', async () => {
    const hold = new MemoryHold()
    const trial = new EngineTrial(await toyGround(undefined, hold))
    const killed = trial.ground.steps.map((step) =>
      step.planned.id === 'two' ? { ...step, run: () => Promise.reject(new LeftRunning('killed')) } : step,
    )
    trial.expect(await trial.life(killed), 'dead')
    expect(hold.asked).not.toContain('release')
    expect(hold.asked).not.toContain('write')
    trial.expect(await trial.life(), 'succeeded')
    await trial.ground.dispose()
  })

  test('that could not be let go, or not be written to, do not spoil its end: it is said', async () => {
    const hold = new MemoryHold({
      release: async () => ['b could not be let go.'],
      write: async () => ['No transcript on b.'],
    })
    const trial = new EngineTrial(await toyGround(undefined, hold))
    trial.expect(await trial.life(), 'succeeded')
    expect(sentences(trial)).toEqual(['b could not be let go.', 'No transcript on b.'])
    await trial.ground.dispose()
  })

  test('on which nothing is left to do are not needed to go on, nor those on which nothing was done to go back', async () => {
    const spared: string[][] = []
    const hold = new MemoryHold({
      take: async (_, hosts = new Set()) => {
        spared.push([...hosts])
        return []
      },
    })
    const hosts = { one: 'primary', two: 'standby', three: 'standby', four: 'here' } as const
    const ground = await toyGround(undefined, hold)
    const steps = ground.plan.steps.map((planned, index) => ({
      ...planned,
      host: Object.values(hosts)[index] ?? ('here' as const),
    }))
    const plan = { ...ground.plan, steps }
    const trial = new EngineTrial({ ...ground, plan, steps: steps.map(toyStep) })
    const breaking = (id: string) =>
      steps
        .map(toyStep)
        .map((step) =>
          step.planned.id === id ? { ...step, run: () => Promise.reject(new Error('broken')) } : step,
        )
    trial.expect(await trial.life(breaking('two')), 'failed')
    await trial.ask('resume')
    trial.expect(await trial.life(breaking('four')), 'failed')
    await trial.ask('undo')
    trial.expect(await trial.life(), 'undone')
    expect(spared).toEqual([[], ['primary'], []])
    await ground.dispose()

    const other = await toyGround(undefined, hold)
    const fresh = new EngineTrial({ ...other, plan, steps: steps.map(toyStep) })
    fresh.expect(await fresh.life(breaking('one')), 'failed')
    await fresh.ask('undo')
    fresh.expect(await fresh.life(), 'undone')
    expect(spared.at(-1)).toEqual(['standby', 'here'])
    await other.dispose()
  })

  test('that an undo can’t have leave it as it stands, to be asked again', async () => {
    let isBusy = false
    const hold = new MemoryHold({ take: async () => (isBusy ? busy() : []) })
    const trial = new EngineTrial(await toyGround(undefined, hold))
    const broken = trial.ground.steps.map((step) =>
      step.planned.id === 'three' ? { ...step, run: () => Promise.reject(new Error('broken')) } : step,
    )
    trial.expect(await trial.life(broken), 'failed')
    isBusy = true
    await trial.ask('undo')
    trial.expect(await trial.life(), 'undo-failed')
    isBusy = false
    await trial.ask('undo')
    trial.expect(await trial.life(), 'undone')
    await trial.ground.verifyUndone()
    await trial.ground.dispose()
  })
})
