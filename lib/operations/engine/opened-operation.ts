import type { Step } from '@/lib/operations/engine/step'

/**
 * The steps of a stored plan with what they act on, built anew each time a worker takes the operation up. Their own context
 * is bound inside, so that engine and worker handle every kind alike.
 */
export type OpenedOperation = {
  readonly steps: readonly Step<null>[]
  /** Ends what was opened for it; called once, also after a failure. */
  close(): Promise<void>
}

function bindStep<C>(step: Step<C>, context: C): Step<null> {
  const { planned, undo } = step
  const bound: Step<null> = {
    planned,
    check: (_, io) => step.check(context, io),
    run: (_, io) => step.run(context, io),
    verify: (_, io) => step.verify(context, io),
  }
  return undo ? { ...bound, undo: (_, io) => undo(context, io) } : bound
}

export const bindSteps = <C>(
  steps: readonly Step<C>[],
  context: C,
  close: () => Promise<void>,
): OpenedOperation => ({ steps: steps.map((step) => bindStep(step, context)), close })
