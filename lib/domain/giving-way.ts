import type { Operation, OperationId, OperationState, RecordedEvent } from '@/lib/domain/operation'
import { isStanding, stepStates } from '@/lib/domain/operation-state'
import { isPointOfNoReturn } from '@/lib/domain/operation-verbs'

/** A promotion that stands, and is closed by the fencing of the former primary. */
export type GivingWay = {
  readonly operationId: OperationId
  readonly state: OperationState
  /** Titles of the steps whose effect it has not seen: nobody does them once it is closed. */
  readonly left: readonly string[]
}

/** Whether it might give way; its record says whether it does. */
export const mayGiveWay = ({ kind, state }: Pick<Operation, 'kind' | 'state'>): boolean =>
  kind === 'promote' && isStanding(state)

/**
 * What must not keep a returned primary writable: a promotion that stands at a hook or a health check, with all done that can't be
 * taken back. Null for any other operation: it keeps its pair.
 */
export function givingWay(
  operation: Pick<Operation, 'id' | 'kind' | 'state' | 'plan'>,
  events: readonly RecordedEvent[],
): GivingWay | null {
  if (!mayGiveWay(operation)) return null
  const { id, state, plan } = operation
  const done = new Set(
    stepStates(plan, events).flatMap((step) =>
      step.state === 'succeeded' || step.state === 'skipped' ? [step.id] : [],
    ),
  )
  const final = plan.steps.filter(isPointOfNoReturn)
  if (final.length === 0 || final.some((step) => !done.has(step.id))) return null
  return {
    operationId: id,
    state,
    left: plan.steps.flatMap((step) => (done.has(step.id) ? [] : [step.title])),
  }
}

/** Why such a promotion was closed, as its record says it. */
export const gaveWayReason = 'The former primary had to be fenced.'

/** What an operator should know before it is closed. */
export const givingWaySentence = ({ state, left }: GivingWay): string =>
  `The promotion, which stands as ${state}, is closed when this begins.${left.length === 0 ? '' : ` What it has not seen done is then yours: ${left.join(', ')}.`}`
