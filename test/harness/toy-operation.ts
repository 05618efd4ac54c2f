import { access, appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Plan, PlannedStep } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import type { Step, StepIo } from '@/lib/operations/engine/step'
import { plannedStep, planOf } from '@/test/harness/operation-events'

/**
 * An operation whose world is a directory: the effect of a step is a file of its name. Each file says how often its effect
 * was made, so what a test believes about the world it reads from the world and not from the record.
 */
export type ToyWorld = {
  readonly directory: string
  /** How long a step takes between its beginning and its effect. */
  readonly pauseMs: number
}

export const toyStepIds = ['one', 'two', 'three', 'four'] as const

const effectPath = (world: ToyWorld, id: string) => join(world.directory, 'effects', id)
const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const brokenPath = (world: ToyWorld, id: string) => join(world.directory, `broken-${id}`)

/** Makes a step fail until it is mended. */
export const breakStep = (world: ToyWorld, id: string) => writeFile(brokenPath(world, id), '')
export const mendStep = (world: ToyWorld, id: string) => rm(brokenPath(world, id))

/** Waits, and rejects with the signal's reason as soon as it is aborted. */
async function pause(ms: number, { signal }: StepIo): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
}

/** Writes a line about what really happened, in the order in which it did. */
const tell = (world: ToyWorld, line: string) => appendFile(join(world.directory, 'happened'), `${line}\n`)

export function toyStep(planned: PlannedStep): Step<ToyWorld> {
  const { id } = planned
  const isThere = (world: ToyWorld) => exists(effectPath(world, id))
  const deeds: Pick<Step<ToyWorld>, 'check' | 'run' | 'verify'> = {
    check: async (world) =>
      (await isThere(world)) ? { done: true, sentence: `${id} is there.` } : { done: false },
    run: async (world, io) => {
      await mkdir(join(world.directory, 'effects'), { recursive: true })
      await tell(world, `begin ${id}`)
      io.output(`Doing ${id}`)
      io.progress({ label: id, doneBytes: 0, totalBytes: 100 })
      await pause(world.pauseMs, io)
      if (await exists(brokenPath(world, id))) throw new AppError('STEP_FAILED', `${id} is broken.`)
      if (await isThere(world)) return
      await tell(world, `effect ${id}`)
      await writeFile(effectPath(world, id), 'x', { flag: 'a' })
    },
    verify: async (world) => {
      if (!(await isThere(world))) throw new AppError('STEP_FAILED', `${id} is not there.`)
      return `${id} is there now.`
    },
  }
  const isDangerous = planned.irreversible
  const step: Step<ToyWorld> = isDangerous
    ? { ...deeds, planned, prove: async () => `${id} is the right place.` }
    : { ...deeds, planned: { ...planned, irreversible: false } }
  if (planned.undo !== 'undo') return step
  return {
    ...step,
    undo: async (world, io) => {
      if (!(await isThere(world))) return `${id} was not there.`
      await pause(world.pauseMs, io)
      await tell(world, `undo ${id}`)
      await rm(effectPath(world, id), { force: true })
      return `${id} is gone.`
    },
  }
}

/** Four steps that can be undone; with `irreversible`, that one and what follows can't. */
export function toyPlan(over: Partial<Plan> = {}, irreversible?: (typeof toyStepIds)[number]): Plan {
  const steps = toyStepIds.map((id) =>
    plannedStep(id, id === irreversible ? { irreversible: true, undo: 'forward-only' } : {}),
  )
  return planOf(steps, over)
}

/** What really happened, in order; empty before anything did. */
export async function readHappened(world: ToyWorld): Promise<readonly string[]> {
  const path = join(world.directory, 'happened')
  return (await exists(path)) ? (await readFile(path, 'utf8')).trim().split('\n') : []
}

/** Which effects are there, in the order of the steps. Throws when one was made twice or one stands without those before it. */
export async function readEffects(world: ToyWorld): Promise<readonly string[]> {
  const directory = join(world.directory, 'effects')
  const names = (await exists(directory)) ? await readdir(directory) : []
  for (const name of names) {
    const content = await readFile(join(directory, name), 'utf8')
    if (content !== 'x') throw new Error(`the effect of ${name} was made ${content.length} times`)
  }
  const there = toyStepIds.filter((id) => names.includes(id))
  if (there.some((id, index) => id !== toyStepIds[index]))
    throw new Error(`effects without those before them: ${there.join(', ')}`)
  return there
}
