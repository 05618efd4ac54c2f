import type { PlannedStep, StepHost } from '@/lib/domain/operation'
import type { AnyOperationContext } from '@/lib/operations/context'
import { seeThrough } from '@/lib/operations/engine/see-through'
import type { Step } from '@/lib/operations/engine/step'
import { exchanged } from '@/lib/operations/exchanged'

const otherRole: Readonly<Record<StepHost, StepHost>> = {
  primary: 'standby',
  standby: 'primary',
  here: 'here',
}

/** The step as it is, on the host that has the other role. */
export function onOtherHost<C>(step: Step<C>, more: Pick<PlannedStep, 'mayFail'> = {}): Step<C> {
  const exchange = <P extends PlannedStep>(planned: P): P => ({
    ...planned,
    ...more,
    host: otherRole[planned.host],
  })
  // Told apart, so that a step without a proof stays one that needs none.
  return step.prove
    ? { ...step, planned: exchange(step.planned) }
    : { ...step, planned: exchange(step.planned) }
}

/** A step that is written for hosts in the other roles than this operation's plan gives them. */
export const inOtherRoles = <C extends AnyOperationContext>(step: Step<AnyOperationContext>): Step<C> =>
  onOtherHost(
    seeThrough(step, (context: C) => ({
      ...context,
      hosts: exchanged(context.hosts),
      doors: exchanged(context.doors),
      databases: exchanged(context.databases),
      layouts: exchanged(context.layouts),
    })),
  )
