import type { Step } from '@/lib/operations/engine/step'

/** The same step for a context in which its own is seen. */
export function seeThrough<C, D>(step: Step<C>, see: (context: D) => C): Step<D> {
  const { check, run, verify, undo, prove } = step
  const deeds = {
    check: (context, io) => check(see(context), io),
    run: (context, io) => run(see(context), io),
    verify: (context, io) => verify(see(context), io),
    ...(undo && { undo: (context: D, io: Parameters<typeof undo>[1]) => undo(see(context), io) }),
  } satisfies Omit<Step<D>, 'planned' | 'prove'>
  return prove
    ? { ...deeds, planned: step.planned, prove: (context, io) => prove(see(context), io) }
    : { ...deeds, planned: step.planned }
}
