import type {
  MayFail,
  Operation,
  OperationEvent,
  OperationKind,
  OperationMode,
  OperationState,
  Plan,
  RecordedEvent,
  StepState,
} from '@/lib/domain/operation'
import type { StepView } from '@/lib/domain/views'
import { AppError, type ErrorCode } from '@/lib/errors'

/** A worker has it, or is about to. */
export const inFlightStates = ['queued', 'running', 'undoing'] as const satisfies readonly OperationState[]
/** It stopped before its end: an operator decides between resume, undo and close. */
export const standingStates = [
  'failed',
  'interrupted',
  'cancelled',
  'undo-failed',
] as const satisfies readonly OperationState[]
const terminalStates = ['succeeded', 'undone', 'closed'] as const satisfies readonly OperationState[]

const isOneOf = (states: readonly OperationState[], state: OperationState): boolean => states.includes(state)

export const isInFlight = (state: OperationState): boolean => isOneOf(inFlightStates, state)
export const isStanding = (state: OperationState): boolean => isOneOf(standingStates, state)
/** Nothing can happen to it any more. */
export const isTerminal = (state: OperationState): boolean => isOneOf(terminalStates, state)
/** What leaves the pair as it is, for hours it may be: what the pair promises meanwhile must be seen. */
const besideKinds = ['drill', 'sync', 'repair-files'] as const satisfies readonly OperationKind[]
export type BesideKind = (typeof besideKinds)[number]

/** The kind of an operation that is at work beside the pair's state, which it does not change; null where none is. */
export const besideOf = (operation: Pick<Operation, 'kind' | 'state'> | null): BesideKind | null =>
  (operation && isInFlight(operation.state) && besideKinds.find((kind) => kind === operation.kind)) || null

/** Whether a worker is about to change what the pair is: then its state is `working`. */
export const isChanging = (operation: Pick<Operation, 'kind' | 'state'>): boolean =>
  isInFlight(operation.state) && besideOf(operation) === null
/** It keeps other operations off its pair. */
export const isHolding = (state: OperationState): boolean => !isTerminal(state)

type Transition = { readonly from: readonly OperationState[]; readonly to: OperationState | 'same' }

const forward = (to: Transition['to']): Transition => ({ from: ['running'], to })
const backward = (to: Transition['to']): Transition => ({ from: ['undoing'], to })

/**
 * The whole table. `operation.started` is kept apart: its mode decides. A start from `running` or `undoing` is a worker that
 * took the operation over from one that died.
 */
const transitions: Readonly<Record<Exclude<OperationEvent['type'], 'operation.started'>, Transition>> = {
  'operation.requested': { from: standingStates, to: 'queued' },
  'operation.cancel-requested': { from: ['queued', 'running'], to: 'same' },
  'operation.noted': { from: ['running', 'undoing'], to: 'same' },
  'operation.succeeded': forward('succeeded'),
  'operation.failed': forward('failed'),
  'operation.interrupted': { from: inFlightStates, to: 'interrupted' },
  'operation.cancelled': { from: ['queued', 'running'], to: 'cancelled' },
  'operation.undone': backward('undone'),
  'operation.undo-failed': backward('undo-failed'),
  'operation.closed': { from: standingStates, to: 'closed' },
  'step.started': forward('same'),
  'step.skipped': forward('same'),
  'step.succeeded': forward('same'),
  'step.failed': forward('same'),
  'step.output': { from: ['running', 'undoing'], to: 'same' },
  'step.progressed': { from: ['running', 'undoing'], to: 'same' },
  'step.undo-started': backward('same'),
  'step.undone': backward('same'),
  'step.undo-failed': backward('same'),
}

const starts: Readonly<Record<OperationMode, Transition>> = {
  run: { from: ['queued'], to: 'running' },
  resume: { from: ['queued', 'running'], to: 'running' },
  undo: { from: ['queued', 'undoing'], to: 'undoing' },
}

const transitionOf = (event: OperationEvent): Transition =>
  event.type === 'operation.started' ? starts[event.mode] : transitions[event.type]

/** Whether `applyOperationEvent` would accept it. */
export const canApplyOperationEvent = (state: OperationState, event: OperationEvent): boolean =>
  isOneOf(transitionOf(event).from, state)

/** The only way in which an operation's state changes. Throws CONFLICT where the event can't happen in that state. */
export function applyOperationEvent(state: OperationState, event: OperationEvent): OperationState {
  const { from, to } = transitionOf(event)
  if (!isOneOf(from, state))
    throw new AppError('CONFLICT', 'The operation has moved on in the meantime.', {
      fix: 'Look at its page: it shows what happened.',
      detail: `${event.type} in state ${state}`,
    })
  return to === 'same' ? state : to
}

/** The state that a whole history leads to; every operation begins as `queued`. */
export const operationStateOf = (events: readonly RecordedEvent[]): OperationState =>
  events.reduce<OperationState>((state, { event }) => applyOperationEvent(state, event), 'queued')

/** What was asked for last. */
export const requestedModeOf = (events: readonly RecordedEvent[]): OperationMode =>
  events.reduce<OperationMode>(
    (mode, { event }) => (event.type === 'operation.requested' ? event.mode : mode),
    'run',
  )

/** Which request it is: 0 the first run, then one more for each resume or undo that was asked for. */
export const requestNumberOf = (events: readonly RecordedEvent[]): number =>
  events.filter(({ event }) => event.type === 'operation.requested').length

/** Whether it was asked to stop since it was last asked to go on. */
export const isCancelRequested = (events: readonly RecordedEvent[]): boolean =>
  events.reduce(
    (asked, { event }) =>
      event.type === 'operation.cancel-requested' || (asked && event.type !== 'operation.requested'),
    false,
  )

type StepEvent = Extract<OperationEvent, { stepId: string }>

const pendingView = (id: string): StepView => ({
  id,
  state: 'pending',
  startedAt: null,
  endedAt: null,
  sentence: '',
  fix: '',
})

/** States from which an event of a step can happen; those that are absent can happen in any. */
const stepFrom: Readonly<Partial<Record<StepEvent['type'], readonly StepState[]>>> = {
  'step.succeeded': ['running'],
  'step.undo-started': ['running', 'succeeded', 'skipped', 'failed', 'undoing', 'undo-failed'],
  'step.undone': ['undoing'],
  'step.undo-failed': ['undoing'],
}

function applyStepEvent(view: StepView, { event, at }: RecordedEvent & { event: StepEvent }): StepView {
  const from = stepFrom[event.type]
  if (from && !from.includes(view.state))
    throw new AppError('INTERNAL', 'The record of the operation is not in order.', {
      detail: `${event.type} of ${event.stepId} in state ${view.state}`,
    })
  const start = (state: StepState): StepView => ({ ...pendingView(view.id), state, startedAt: at })
  const end = (state: StepState, sentence: string, fix = ''): StepView => ({
    ...view,
    state,
    startedAt: view.startedAt ?? at,
    endedAt: at,
    sentence,
    fix,
  })
  switch (event.type) {
    case 'step.output':
    case 'step.progressed':
      return view
    case 'step.started':
      return start('running')
    case 'step.undo-started':
      return start('undoing')
    case 'step.skipped':
      return end('skipped', event.sentence)
    case 'step.succeeded':
      return end('succeeded', event.sentence)
    case 'step.undone':
      return end('undone', event.sentence)
    case 'step.failed':
      return end('failed', event.error.message, event.error.fix)
    case 'step.undo-failed':
      return end('undo-failed', event.error.message, event.error.fix)
  }
}

const isStepEvent = (recorded: RecordedEvent): recorded is RecordedEvent & { event: StepEvent } =>
  'stepId' in recorded.event

/**
 * Every step of the plan as the events left it, in the plan's order. Throws INTERNAL on a history that can't have
 * happened: an end without a start, or a step that is not in the plan.
 */
export function stepStates(plan: Pick<Plan, 'steps'>, events: readonly RecordedEvent[]): readonly StepView[] {
  const views = new Map(plan.steps.map(({ id }) => [id, pendingView(id)]))
  for (const recorded of events.filter(isStepEvent)) {
    const view = views.get(recorded.event.stepId)
    if (!view)
      throw new AppError('INTERNAL', 'The record of the operation is not in order.', {
        detail: `${recorded.event.type} of ${recorded.event.stepId}, which is not in the plan`,
      })
    views.set(view.id, applyStepEvent(view, recorded))
  }
  return [...views.values()]
}

/** Steps whose effect was seen, and that neither failed nor were begun or undone again since. */
export function stepsDone(events: readonly RecordedEvent[]): ReadonlySet<string> {
  const done = new Set<string>()
  for (const { event } of events)
    switch (event.type) {
      case 'step.succeeded':
      case 'step.skipped':
        done.add(event.stepId)
        break
      case 'step.started':
      case 'step.failed':
      case 'step.undo-started':
        done.delete(event.stepId)
        break
      default:
    }
  return done
}

/**
 * Steps that may have changed something and have not been undone since: what an undo has to take back. A step that was
 * only skipped found its effect already there, so it is not ours to take back.
 */
export function stepsToUndo(events: readonly RecordedEvent[]): ReadonlySet<string> {
  const open = new Set<string>()
  for (const { event } of events) {
    if (event.type === 'step.started') open.add(event.stepId)
    if (event.type === 'step.undone') open.delete(event.stepId)
  }
  return open
}

/**
 * What an operation that succeeded came to: all of it; what it was asked for without what its plan let fail; or, where it was to find
 * something out, that what it tried failed, or that it gave way to what matters more.
 */
export type OperationOutcome = 'complete' | 'not-reattached' | 'finding' | 'gave-way'

const outcomeOf = (mayFail: MayFail | undefined, code: ErrorCode): OperationOutcome => {
  if (mayFail === 'not-reattached') return 'not-reattached'
  if (mayFail !== 'finding') return 'complete'
  return code === 'GAVE_WAY' ? 'gave-way' : 'finding'
}

/** Of the last time that each step was tried. Throws INTERNAL as `stepStates`. */
export function operationOutcome(
  plan: Pick<Plan, 'steps'>,
  events: readonly RecordedEvent[],
): OperationOutcome {
  const failed = new Set(
    stepStates(plan, events).flatMap(({ id, state }) => (state === 'failed' ? [id] : [])),
  )
  const codes = new Map(
    events.flatMap(({ event }) =>
      event.type === 'step.failed' && failed.has(event.stepId)
        ? [[event.stepId, event.error.code] as const]
        : [],
    ),
  )
  const outcomes = plan.steps.flatMap(({ id, mayFail }) => {
    const code = codes.get(id)
    return code === undefined ? [] : [outcomeOf(mayFail, code)]
  })
  return outcomes.find((outcome) => outcome !== 'complete') ?? 'complete'
}
