import type { PlannedStep } from '@/lib/domain/operation'
import { seeThrough } from '@/lib/operations/engine/see-through'
import type { Step } from '@/lib/operations/engine/step'
import { onOtherHost } from '@/lib/operations/in-other-roles'

/** A step that is written for the roles that the hosts are to have, as one of a plan in whose words they have those of before. */
export const turned = <C>(
  step: Step<C>,
  more: Pick<PlannedStep, 'mayFail'> = {},
): Step<{ readonly turned: C }> =>
  onOtherHost(
    seeThrough(step, (context: { readonly turned: C }) => context.turned),
    more,
  )
