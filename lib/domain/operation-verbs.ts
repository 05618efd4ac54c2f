import type { Operation, PlannedStep, RecordedEvent } from '@/lib/domain/operation'
import {
  isCancelRequested,
  isInFlight,
  isStanding,
  requestedModeOf,
  stepsToUndo,
} from '@/lib/domain/operation-state'

/** What may be asked of an operation that exists. */
export const operationVerbs = ['cancel', 'resume', 'undo', 'close'] as const
export type OperationVerb = (typeof operationVerbs)[number]

/** Yes, or no because of `reason` (empty when allowed). */
export type Permission = { readonly allowed: boolean; readonly reason: string }
export type OperationPermissions = Readonly<Record<OperationVerb, Permission>>

type Known = Pick<Operation, 'state'> & { readonly plan: Pick<Operation['plan'], 'steps' | 'undoesItself'> }

const yes: Permission = { allowed: true, reason: '' }
const no = (reason: string): Permission => ({ allowed: false, reason })

/** Once it has started there is no way back. */
export const isPointOfNoReturn = (step: PlannedStep): boolean =>
  step.irreversible || step.undo === 'forward-only'

/**
 * The first step behind which there is no way back and that may have had its effect. One that was skipped counts too: its
 * effect is there, whoever caused it, and taking back what stands before it could do harm.
 */
export function passedPointOfNoReturn(
  plan: Known['plan'],
  events: readonly RecordedEvent[],
): PlannedStep | null {
  const skipped = events.flatMap(({ event }) => (event.type === 'step.skipped' ? [event.stepId] : []))
  const touched = new Set([...stepsToUndo(events), ...skipped])
  return plan.steps.find((step) => isPointOfNoReturn(step) && touched.has(step.id)) ?? null
}

/** What an undo takes back, in its order. What a later run skipped is still this operation's doing, where an earlier one began it. */
export function listUndo(plan: Known['plan'], events: readonly RecordedEvent[]): readonly PlannedStep[] {
  const begun = stepsToUndo(events)
  return plan.steps.filter(({ id }) => begun.has(id)).toReversed()
}

/** Stops it at a safe point. Never between a point of no return and the end: half a promotion helps nobody. */
function canCancel({ state, plan }: Known, events: readonly RecordedEvent[]): Permission {
  if (state === 'undoing') return no('It is being undone, and an undo is not stopped halfway.')
  if (!isInFlight(state)) return no('It is not running.')
  if (isCancelRequested(events)) return no('It is being cancelled already.')
  const passed = passedPointOfNoReturn(plan, events)
  return passed ? no(`“${passed.title}” cannot be taken back, so it only goes forward now.`) : yes
}

/** Goes on where it stopped; every step looks first whether its effect is already there. */
function canResume({ state }: Known): Permission {
  if (isInFlight(state)) return no('It is running.')
  return isStanding(state) ? yes : no('It has ended.')
}

/** Takes back what it did, the last step first. */
function canUndo({ state, plan }: Known, events: readonly RecordedEvent[]): Permission {
  if (isInFlight(state)) return no('It is running: cancel it first.')
  if (!isStanding(state)) return no('It has ended.')
  const passed = passedPointOfNoReturn(plan, events)
  return passed ? no(`“${passed.title}” cannot be taken back: resume it instead.`) : yes
}

/** Lets it stand as it is, so that the pair is free for another operation. */
function canClose({ state }: Known): Permission {
  if (isInFlight(state)) return no('It is running.')
  return isStanding(state) ? yes : no('It has ended.')
}

export const operationPermissions = (
  operation: Known,
  events: readonly RecordedEvent[],
): OperationPermissions => ({
  cancel: canCancel(operation, events),
  resume: canResume(operation),
  undo: canUndo(operation, events),
  close: canClose(operation),
})

/**
 * Whether an operation that stands is taken back without anybody asking: its plan says so, nothing that can't be taken back was done, and
 * it was not tried before (then an operator decides).
 */
export const isUndoneByItself = ({ state, plan }: Known, events: readonly RecordedEvent[]): boolean =>
  plan.undoesItself === true &&
  isStanding(state) &&
  requestedModeOf(events) !== 'undo' &&
  passedPointOfNoReturn(plan, events) === null
