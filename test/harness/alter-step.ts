import type { Step } from '@/lib/operations/engine/step'

type Changes<C> = Partial<Pick<Step<C>, 'check' | 'run' | 'verify' | 'undo'>> & {
  readonly attemptsMax?: number
}

/** The same step with some of its deeds replaced. */
export function alterStep<C>(step: Step<C>, { attemptsMax, ...deeds }: Changes<C>): Step<C> {
  const limit = attemptsMax ?? step.planned.attemptsMax
  return step.prove
    ? { ...step, ...deeds, planned: { ...step.planned, attemptsMax: limit } }
    : { ...step, ...deeds, planned: { ...step.planned, attemptsMax: limit } }
}
