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

/** The steps with the one named `id` failing once it has acted. */
export const breaksAt = <C>(steps: readonly Step<C>[], id: string): readonly Step<C>[] =>
  steps.map((step) =>
    step.planned.id === id
      ? alterStep(step, { attemptsMax: 1, verify: () => Promise.reject(new Error('broken')) })
      : step,
  )
