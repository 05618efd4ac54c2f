import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Step } from '@/lib/operations/engine/step'
import { chainedProofs, type EngineProof, engineProofs } from '@/test/harness/engine-proofs'
import type { ProvingGround } from '@/test/harness/engine-trial'
import { MemoryHold } from '@/test/harness/memory-hold'
import { readEffects, type ToyWorld, toyPlan, toyStep, toyStepIds } from '@/test/harness/toy-operation'

/** The proofs about the second step and the one after it; the others are `run-operation.test.ts`'s. */
const isAboutTwo = ({ name }: EngineProof) => /twice|\btwo\b|\bthree fails before/.test(name)

/** The names of the proofs that a wrongly written second step does not stand. */
async function findings(spoil: (step: Step<ToyWorld>) => Step<ToyWorld>): Promise<readonly string[]> {
  const build = async (): Promise<ProvingGround<ToyWorld>> => {
    const world = { directory: await mkdtemp(join(tmpdir(), 'understudy-toy-')), pauseMs: 0 }
    const plan = toyPlan()
    return {
      plan,
      steps: plan.steps.map(toyStep).map((step) => (step.planned.id === 'two' ? spoil(step) : step)),
      context: world,
      hold: new MemoryHold(),
      verifyInvariants: async () => {
        await readEffects(world)
      },
      verifyDone: async () => expect(await readEffects(world)).toEqual(toyStepIds),
      verifyUndone: async () => expect(await readEffects(world)).toEqual([]),
      dispose: () => rm(world.directory, { recursive: true }),
    }
  }
  const found: string[] = []
  for (const { name, prove } of [
    ...engineProofs(toyPlan().steps, build).filter(isAboutTwo),
    ...chainedProofs(build),
  ])
    await prove().catch(() => found.push(name))
  return found
}

const chained = {
  forward: 'killed and failing at every step in turn, before, during and after it acts: it ends well',
  back: 'undone, killed and failing at every undo in turn, before, during and after it acts: all is as before',
}
const effectOfTwo = ({ directory }: ToyWorld) => join(directory, 'effects', 'two')

describe('the mechanical proofs find', () => {
  test('nothing in an operation that is written well', async () => {
    expect(await findings((step) => step)).toEqual([])
  })

  test('a step that makes its effect a second time', async () => {
    const found = await findings((step) => ({
      ...step,
      run: async (world, io) => {
        await step.run(world, io)
        await appendFile(effectOfTwo(world), 'x')
      },
    }))
    expect(found).toContain('each step acts twice')
  })

  test('a check that never sees the effect, where running again does harm', async () => {
    const found = await findings((step) => ({
      ...step,
      check: async () => ({ done: false }),
      run: async (world) => {
        await appendFile(effectOfTwo(world), 'x')
      },
    }))
    expect(found).toContain('killed after two acts: another takes over')
    expect(found).toContain(chained.forward)
  })

  test('a verification that believes a step that did nothing', async () => {
    const found = await findings((step) => ({
      ...step,
      run: async () => undefined,
      verify: async () => 'Surely.',
    }))
    expect(found).toContain('each step acts twice')
  })

  test('an undo that says it is done and is not', async () => {
    const found = await findings((step) => ({ ...step, undo: async () => 'Gone, believe me.' }))
    expect(found).toContain('two fails after it acts: undo, or resume where there is no way back')
    expect(found).toContain('three fails before it acts: undo, or resume where there is no way back')
    expect(found).toContain(chained.back)
  })

  test('an undo that cannot be called twice', async () => {
    const found = await findings((step) => ({
      ...step,
      undo: async (world) => {
        await rm(effectOfTwo(world))
        return 'Gone.'
      },
    }))
    expect(found).toContain('three fails before it acts: undo, or resume where there is no way back')
  })
})
