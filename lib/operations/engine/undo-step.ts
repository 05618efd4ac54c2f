import type { PlannedStep } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { LeftRunning } from '@/lib/operations/engine/ports'
import {
  runAttempts,
  type StepOutcome,
  type StepRun,
  toStepError,
} from '@/lib/operations/engine/run-attempts'
import type { Step, StepIo } from '@/lib/operations/engine/step'

const stillThere = ({ title }: PlannedStep) =>
  new AppError('STEP_FAILED', `What “${title}” did is still there after it was taken back.`, {
    fix: 'Look at the host, then undo again or close the operation.',
  })

const byHand = ({ title, undoSentence }: PlannedStep) =>
  new AppError('PRECONDITION_FAILED', `What “${title}” did has to be taken back by hand.`, {
    fix: `${undoSentence} Then undo again.`,
  })

const noWayBack = ({ title }: PlannedStep) =>
  new AppError('PRECONDITION_FAILED', `“${title}” cannot be taken back.`, {
    fix: 'Resume the operation instead.',
  })

/** Takes one step's effect back, as its policy says; returns the sentence for the record. */
async function takeBack<C>(step: Step<C>, context: C, io: StepIo): Promise<string> {
  const { planned } = step
  switch (planned.undo) {
    case 'nothing-to-undo':
      return (await step.undo?.(context, io)) || planned.undoSentence || 'There was nothing to take back.'
    case 'forward-only':
      throw noWayBack(planned)
    case 'needs-operator': {
      const found = await step.check(context, io)
      if (found.done) throw byHand(planned)
      return 'It was taken back by hand.'
    }
    case 'undo': {
      const sentence = (await step.undo?.(context, io)) ?? ''
      const found = await step.check(context, io)
      if (found.done) throw stillThere(planned)
      return sentence
    }
  }
}

/** Undoes one step that was started, and proves by its check that the effect is gone. Throws only `LeftRunning`. */
export async function undoStep<C>(given: StepRun<C>): Promise<StepOutcome> {
  const { step, context, writer } = given
  const stepId = step.planned.id
  try {
    await writer.append({ type: 'step.undo-started', stepId })
    await runAttempts(given, async (part) => {
      await part(() => given.hold.prove(step.planned.host))
      const sentence = await part((io) => takeBack(step, context, io))
      await writer.append({ type: 'step.undone', stepId, sentence })
    })
    return { ended: 'well' }
  } catch (error) {
    if (error instanceof LeftRunning) throw error
    given.onError(error, stepId)
    await writer.append({ type: 'step.undo-failed', stepId, error: toStepError(error) })
    return { ended: 'failed', error: toStepError(error) }
  }
}
