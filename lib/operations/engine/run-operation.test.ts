import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LeftRunning } from '@/lib/operations/engine/ports'
import { chainedProofs, engineProofs } from '@/test/harness/engine-proofs'
import { EngineTrial, type ProvingGround } from '@/test/harness/engine-trial'
import { readEffects, type ToyWorld, toyPlan, toyStep, toyStepIds } from '@/test/harness/toy-operation'

async function toyGround(irreversible?: (typeof toyStepIds)[number]): Promise<ProvingGround<ToyWorld>> {
  const world = { directory: await mkdtemp(join(tmpdir(), 'understudy-toy-')), pauseMs: 1 }
  const plan = toyPlan({}, irreversible)
  const verifyEffects = async (wanted: readonly string[]) => expect(await readEffects(world)).toEqual(wanted)
  return {
    plan,
    steps: plan.steps.map(toyStep),
    context: world,
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
