import type { PlannedStep, StepHost } from '@/lib/domain/operation'
import { seeThrough } from '@/lib/operations/engine/see-through'
import type { Step } from '@/lib/operations/engine/step'

const otherRole: Readonly<Record<StepHost, StepHost>> = {
  primary: 'standby',
  standby: 'primary',
  here: 'here',
}

/** A step that is written for the roles that the hosts are to have, as one of a plan in whose words they have those of before. */
export function turned<C>(
  step: Step<C>,
  more: Pick<PlannedStep, 'mayFail'> = {},
): Step<{ readonly turned: C }> {
  const seen = seeThrough(step, (context: { readonly turned: C }) => context.turned)
  const exchange = <P extends PlannedStep>(planned: P): P => ({
    ...planned,
    ...more,
    host: otherRole[planned.host],
  })
  // Told apart, so that a step without a proof stays one that needs none.
  return seen.prove
    ? { ...seen, planned: exchange(seen.planned) }
    : { ...seen, planned: exchange(seen.planned) }
}
