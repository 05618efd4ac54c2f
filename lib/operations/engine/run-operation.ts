import type {
  MayFail,
  Operation,
  OperationEvent,
  OperationMode,
  OperationState,
  PlannedStep,
  RecordedEvent,
  StepHost,
} from '@/lib/domain/operation'
import {
  applyOperationEvent,
  isInFlight,
  operationStateOf,
  requestedModeOf,
  requestNumberOf,
  stepsDone,
  stepsToUndo,
} from '@/lib/domain/operation-state'
import { isPointOfNoReturn, passedPointOfNoReturn } from '@/lib/domain/operation-verbs'
import { AppError, hasCode, type PublicError } from '@/lib/errors'
import type { HostHold } from '@/lib/operations/engine/host-hold'
import { verifyStepsMatch } from '@/lib/operations/engine/match-steps'
import type { OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { OperationWriter } from '@/lib/operations/engine/operation-writer'
import { type Durable, LeftRunning, type OperationRecord } from '@/lib/operations/engine/ports'
import { type StepRun, toStepError } from '@/lib/operations/engine/run-attempts'
import { runStep } from '@/lib/operations/engine/run-step'
import type { Step } from '@/lib/operations/engine/step'
import { undoStep } from '@/lib/operations/engine/undo-step'
import { type Clock, toInstant } from '@/lib/time'

export type OperationRun = {
  readonly operation: Pick<Operation, 'id' | 'plan'>
  /** Its steps with what they act on; a failure to open them is the operation's failure. */
  readonly open: () => Promise<OpenedOperation>
  readonly record: OperationRecord
  readonly durable: Durable
  /** Which request is served (`requestNumberOf`): one that a later request overtook does nothing. */
  readonly requestNumber: number
  readonly clock: Clock
  /** How long a part of a step may take to heed its signal before it is given up. */
  readonly graceMs: number
  readonly onError: (error: unknown, stepId: string | null) => void
}

type Started = OperationRun & {
  readonly steps: readonly Step<null>[]
  readonly hold: HostHold
  readonly writer: OperationWriter
  /** The record as it was when this worker took the operation up. */
  readonly events: readonly RecordedEvent[]
  /** Aborted when the operation has to stop: by a cancel too, or by everything but a cancel. */
  readonly signals: { readonly withCancel: AbortSignal; readonly withoutCancel: AbortSignal }
}

/** A signal that passes on everything but a cancel: from the point of no return on it only goes forward. */
function withoutCancel(signal: AbortSignal): AbortSignal {
  const controller = new AbortController()
  const handleAbort = () => {
    if (!hasCode(signal.reason, 'CANCELLED')) controller.abort(signal.reason)
  }
  if (signal.aborted) handleAbort()
  else signal.addEventListener('abort', handleAbort, { once: true })
  return controller.signal
}

/** One pair of signals for all steps: each made anew would stay listening at the worker's own until the operation ends. */
function signalsOf({ signal }: Durable, { lost }: OperationWriter): Started['signals'] {
  return {
    withCancel: AbortSignal.any([signal, lost]),
    withoutCancel: AbortSignal.any([withoutCancel(signal), lost]),
  }
}

function stepRun(given: Started, step: Step<null>, heedsCancel: boolean): StepRun<null> {
  const { writer, hold, graceMs, onError, signals } = given
  const signal = heedsCancel ? signals.withCancel : signals.withoutCancel
  return { step, context: null, writer, hold, graceMs, onError, signal }
}

/**
 * A way that was tried and is not enough leads to the next, and what failed or gave way is a finding; a host that was away, or is held by
 * somebody else, is neither: that would be so of any.
 */
const leadsOn = (mayFail: PlannedStep['mayFail'], { code }: PublicError): boolean =>
  mayFail === 'not-reattached' ||
  (mayFail !== undefined && code === 'STEP_FAILED') ||
  (mayFail === 'finding' && code === 'GAVE_WAY')

async function goForward(given: Started): Promise<OperationEvent> {
  const { steps, durable, operation, events } = given
  const begun = stepsToUndo(events)
  const done = stepsDone(events)
  let isPastReturn = passedPointOfNoReturn(operation.plan, events) !== null
  /** What a failed step leaves out with it. */
  const left = new Set<MayFail>()
  for (const step of steps) {
    const { planned } = step
    const { mayFail } = planned
    if (mayFail && left.has(mayFail)) continue
    const isCancelled = durable.signal.aborted && hasCode(durable.signal.reason, 'CANCELLED')
    if (isCancelled && !isPastReturn) return { type: 'operation.cancelled' }
    isPastReturn ||= isPointOfNoReturn(planned)
    const past = { hasBegun: begun.has(planned.id), wasDone: done.has(planned.id) }
    const run = { ...stepRun(given, step, !isPastReturn), ...past }
    const outcome = await durable.checkpoint(planned.id, () => runStep(run))
    if (outcome.ended === 'cancelled') return { type: 'operation.cancelled' }
    if (outcome.ended === 'failed') {
      if (!leadsOn(mayFail, outcome.error)) return { type: 'operation.failed', error: outcome.error }
      if (mayFail && mayFail !== 'next-way') left.add(mayFail)
    }
  }
  return { type: 'operation.succeeded' }
}

const noWayBack = ({ title }: PlannedStep) =>
  new AppError('PRECONDITION_FAILED', `“${title}” cannot be taken back.`, {
    fix: 'Resume the operation instead.',
  })

async function goBack(given: Started): Promise<OperationEvent> {
  const { steps, durable, operation, events } = given
  const passed = passedPointOfNoReturn(operation.plan, events)
  if (passed) return { type: 'operation.undo-failed', error: toStepError(noWayBack(passed)) }
  const ids = await durable.checkpoint('undo-list', async () => [...stepsToUndo(events)])
  for (const step of [...steps].reverse().filter(({ planned }) => ids.includes(planned.id))) {
    const run = stepRun(given, step, false)
    const outcome = await durable.checkpoint(`undo-${step.planned.id}`, () => undoStep(run))
    if (outcome.ended === 'failed') return { type: 'operation.undo-failed', error: outcome.error }
  }
  return { type: 'operation.undone' }
}

/** What an operation of this mode ends with where it can't even begin. */
const refusal = (mode: OperationMode, error: unknown): OperationEvent =>
  mode === 'undo'
    ? { type: 'operation.undo-failed', error: toStepError(error) }
    : hasCode(error, 'CANCELLED')
      ? { type: 'operation.cancelled' }
      : { type: 'operation.failed', error: toStepError(error) }

const note = async (writer: OperationWriter, sentences: readonly string[]): Promise<void> => {
  for (const sentence of sentences) await writer.append({ type: 'operation.noted', sentence })
}

/** Hosts on which nothing is left to do in this direction. */
function sparedHosts({ steps, events }: Started, mode: OperationMode): ReadonlySet<StepHost> {
  const [done, begun] = [stepsDone(events), stepsToUndo(events)]
  const isLeft = ({ id }: PlannedStep) => (mode === 'undo' ? begun.has(id) : !done.has(id))
  const needed = steps.flatMap(({ planned }) => (isLeft(planned) ? [planned.host] : []))
  return new Set(steps.map(({ planned }) => planned.host).filter((host) => !needed.includes(host)))
}

/** Holds the hosts and goes, forward or back. Throws only `LeftRunning`. */
async function holdAndGo(given: Started, mode: OperationMode): Promise<OperationEvent> {
  const { hold, writer, signals, onError } = given
  try {
    const signal = mode === 'undo' ? signals.withoutCancel : signals.withCancel
    await note(writer, await hold.take(signal, sparedHosts(given, mode)))
  } catch (error) {
    if (error instanceof LeftRunning) throw error
    onError(error, null)
    return refusal(mode, error)
  }
  return await (mode === 'undo' ? goBack(given) : goForward(given))
}

/**
 * Where nothing is left to do for it, the hosts are let go; while it stands they stay held. The transcript is written in either
 * case, with the end that is about to be recorded.
 */
async function leaveHosts({ hold, writer, record, operation, clock }: Started, end: OperationEvent) {
  if (end.type === 'operation.succeeded' || end.type === 'operation.undone')
    await note(writer, await hold.release())
  const events = await record.events(operation.id)
  const seq = (events.at(-1)?.seq ?? 0) + 1
  await note(writer, await hold.write([...events, { seq, at: toInstant(clock.now()), event: end }]))
}

/** The end that it came to, as the event to write. Throws only `LeftRunning`. */
async function runToEnd(
  given: Omit<Started, 'steps' | 'hold'>,
  mode: OperationMode,
): Promise<OperationEvent> {
  let opened: OpenedOperation | null = null
  try {
    try {
      opened = await given.open()
      given.writer.hideBy(opened.hide)
      verifyStepsMatch(given.operation.plan, opened.steps)
    } catch (error) {
      given.onError(error, null)
      return refusal(mode, error)
    }
    const started = { ...given, steps: opened.steps, hold: opened.hold }
    const end = await holdAndGo(started, mode)
    await leaveHosts(started, end)
    return end
  } finally {
    await opened?.close().catch((error: unknown) => given.onError(error, null))
  }
}

/** Null when the operation has moved on since its record was read. */
async function start({ operation, record }: OperationRun, mode: OperationMode) {
  try {
    return await record.append(operation.id, { type: 'operation.started', mode })
  } catch (error) {
    if (hasCode(error, 'CONFLICT')) return null
    throw error
  }
}

/**
 * Runs, resumes or undoes an operation, whichever was asked for last, to an end that is written in its record; returns the state
 * that it is in then. Called again after a crash it goes on: completed checkpoints are not run again, and the step in
 * which the process died begins with its check. Where the operation has ended already, or the request was overtaken by
 * another, nothing is done. Throws `LeftRunning` when it had to let go of it, and what the record throws on reading.
 */
export async function runOperation(given: OperationRun): Promise<OperationState> {
  const { operation, record } = given
  const events = await record.events(operation.id)
  const state = operationStateOf(events)
  if (!isInFlight(state) || requestNumberOf(events) !== given.requestNumber) return state
  const mode = requestedModeOf(events)
  const started = await start(given, mode === 'run' && state !== 'queued' ? 'resume' : mode)
  if (!started) return operationStateOf(await record.events(operation.id))
  const writer = new OperationWriter(record, operation.id, started.seq, given.clock)
  try {
    const end = await runToEnd({ ...given, writer, events, signals: signalsOf(given.durable, writer) }, mode)
    await writer.append(end)
    return applyOperationEvent(mode === 'undo' ? 'undoing' : 'running', end)
  } finally {
    writer.close()
  }
}
