import type { HostHold } from '@/lib/operations/engine/host-hold'
import type { Step, StepIo } from '@/lib/operations/engine/step'

/**
 * The steps of a stored plan with what they act on, built anew each time a worker takes the operation up. Their own context
 * is bound inside, so that engine and worker handle every kind alike.
 */
export type OpenedOperation = {
  readonly steps: readonly Step<null>[]
  readonly hold: HostHold
  /** Takes the secrets out of what is recorded. */
  readonly hide: (text: string) => string
  /** Ends what was opened for it; called once, also after a failure. */
  close(): Promise<void>
}

function bindStep<C>(step: Step<C>, context: C): Step<null> {
  const { undo, prove } = step
  const deeds = {
    check: (_: null, io: StepIo) => step.check(context, io),
    run: (_: null, io: StepIo) => step.run(context, io),
    verify: (_: null, io: StepIo) => step.verify(context, io),
    ...(undo && { undo: (_: null, io: StepIo) => undo(context, io) }),
  }
  return prove
    ? { ...deeds, planned: step.planned, prove: (_, io) => prove(context, io) }
    : { ...deeds, planned: step.planned }
}

export const bindSteps = <C>(
  steps: readonly Step<C>[],
  context: C,
  around: Omit<OpenedOperation, 'steps'>,
): OpenedOperation => ({ steps: steps.map((step) => bindStep(step, context)), ...around })
