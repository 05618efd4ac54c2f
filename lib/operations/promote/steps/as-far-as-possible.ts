import { AppError } from '@/lib/errors'
import type { Step, StepIo } from '@/lib/operations/engine/step'

/** Says what failed, unless the step was told to stop; anything else than an error of ours is thrown. */
function sayWhy(error: unknown, { signal, output }: StepIo): void {
  signal.throwIfAborted()
  if (!(error instanceof AppError)) throw error
  output(error.message)
}

/**
 * The step where the promotion does not depend on it, on a host of which much may be broken: what fails is said and holds nothing up.
 */
export function asFarAsPossible<C>(step: Step<C>): Step<C> {
  const deeds: Pick<Step<C>, 'check' | 'run' | 'verify'> = {
    async check(context, io) {
      try {
        return await step.check(context, io)
      } catch (error) {
        sayWhy(error, io)
        return { done: false }
      }
    },
    async run(context, io) {
      await step.run(context, io).catch((error: unknown) => sayWhy(error, io))
    },
    async verify(context, io) {
      try {
        return await step.verify(context, io)
      } catch (error) {
        sayWhy(error, io)
        return 'It could not be done, or not be seen: the promotion goes on without it.'
      }
    },
  }
  return step.prove
    ? { ...step, ...deeds, planned: step.planned }
    : { ...step, ...deeds, planned: step.planned }
}
