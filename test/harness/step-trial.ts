import { AppError } from '@/lib/errors'
import type { Step } from '@/lib/operations/engine/step'
import type { FolderGround } from '@/test/harness/folder-ground'
import { listeningIo } from '@/test/harness/step-io'

export function stepOf({ steps }: FolderGround, id: string): Step<null> {
  const step = steps.find(({ planned }) => planned.id === id)
  if (!step) throw new Error(`there is no step ${id}`)
  return step
}

/** Does the operation up to the step, which is not begun. */
export async function doUpTo(ground: FolderGround, id: string): Promise<void> {
  for (const step of ground.steps) {
    if (step.planned.id === id) return
    const io = listeningIo()
    const checked = await step.check(null, io)
    if (!checked.done) await step.run(null, io)
    await step.verify(null, io)
  }
  throw new Error(`there is no step ${id}`)
}

/** Runs and verifies the step; its error, or a failure of the test when there is none. */
export async function errorOfStep(step: Step<null>, part?: 'undo'): Promise<AppError> {
  const io = listeningIo()
  try {
    if (part === 'undo') await step.undo?.(null, io)
    else {
      await step.check(null, io)
      await step.run(null, io)
      await step.verify(null, io)
    }
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error(`${step.planned.id} did not fail`)
}
