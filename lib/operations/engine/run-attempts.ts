import { setTimeout as sleep } from 'node:timers/promises'
import type { PlannedStep } from '@/lib/domain/operation'
import { AppError, type ErrorCode, hasCode, isAway, type PublicError, toPublicError } from '@/lib/errors'
import type { HostHold } from '@/lib/operations/engine/host-hold'
import type { OperationWriter } from '@/lib/operations/engine/operation-writer'
import { LeftRunning } from '@/lib/operations/engine/ports'
import { GivenUp, runBounded } from '@/lib/operations/engine/run-bounded'
import type { Step, StepIo } from '@/lib/operations/engine/step'

/** How a step or its undo ended: plain data, kept as the checkpoint's result. */
export type StepOutcome =
  | { readonly ended: 'well' }
  | { readonly ended: 'cancelled' }
  | { readonly ended: 'failed'; readonly error: PublicError }

/** What the wrapper needs around a step. */
export type StepRun<C> = {
  readonly step: Step<C>
  readonly context: C
  readonly writer: OperationWriter
  readonly hold: Pick<HostHold, 'prove'>
  /** Cancel, shutdown and loss of the record. */
  readonly signal: AbortSignal
  /** How long a part of a step may take to heed its signal before it is given up. */
  readonly graceMs: number
  /** For the process's own log: the error with its detail. */
  readonly onError: (error: unknown, stepId: string) => void
}

/** Runs one part of a step (its check, its run, its undo) for at most the step's time-out. */
export type Part = <T>(body: (io: StepIo) => Promise<T>) => Promise<T>

/** Trying again can't help: an operator has to do something first. */
const finalCodes: readonly ErrorCode[] = [
  'INVALID_INPUT',
  'NOT_ALLOWED',
  'NOT_FOUND',
  'CONFLICT',
  'PAIR_BUSY',
  'PRECONDITION_FAILED',
  'CANCELLED',
  'GAVE_WAY',
  'HOST_KEY_UNCONFIRMED',
  'HOST_KEY_CHANGED',
  'HOST_AUTH_FAILED',
  'HOST_SUDO_REFUSED',
  'HOST_DISK_FULL',
  'WRONG_HOST',
  'SECRET_UNREADABLE',
]
const pauseMs = 500
const messageLengthMax = 500

/** What is left where a host that is still needed stays away. */
const wayOut =
  'If it stays away, close the operation and plan it anew: the new plan does with what answers then.'

/** What a page may show of it, capped in length. */
export function toStepError(error: unknown): PublicError {
  const shown = toPublicError(error)
  const fix = isAway(error) ? `${shown.fix} ${wayOut}`.trim() : shown.fix
  return { ...shown, fix, message: shown.message.slice(0, messageLengthMax) }
}

const timedOut = ({ title, timeoutMs }: PlannedStep) =>
  new AppError('STEP_TIMED_OUT', `“${title}” took longer than its limit of ${timeoutMs / 1000} s.`, {
    fix: 'See in its output how far it came, then resume or undo.',
  })

const stillActing = ({ title }: PlannedStep, cause: unknown) =>
  new AppError('STEP_TIMED_OUT', `“${title}” was told to stop and did not: it may still be acting.`, {
    fix: 'Look at the host before you resume or undo.',
    cause,
  })

function partOf<C>({ step: { planned }, writer, signal, graceMs }: StepRun<C>, attempt: number): Part {
  return async (body) => {
    let isOver = false
    const ioOf = (inner: AbortSignal): StepIo => ({
      signal: inner,
      attempt,
      output: (line) => (isOver ? undefined : writer.output(planned.id, line)),
      progress: (progress) => (isOver ? undefined : writer.progress(planned.id, progress)),
    })
    const bounds = { timeoutMs: planned.timeoutMs, signal, graceMs, timedOut: () => timedOut(planned) }
    try {
      return await runBounded(bounds, (inner) => body(ioOf(inner)))
    } finally {
      isOver = true
    }
  }
}

/** Whether trying again could help and would do no harm. */
const isWorthRepeating = (error: unknown): boolean =>
  !(error instanceof LeftRunning || error instanceof GivenUp || hasCode(error, ...finalCodes))

/** The error that a step ends with: who did not heed the signal is named, unless the process is leaving anyway. */
function endError(error: unknown, planned: PlannedStep): unknown {
  if (!(error instanceof GivenUp)) return error
  return error.cause instanceof LeftRunning ? error.cause : stillActing(planned, error.cause)
}

/** What a host said to a command that failed: without it nobody knows why. */
function tellWhy(writer: StepRun<unknown>['writer'], stepId: string, error: unknown): void {
  if (!hasCode(error, 'HOST_COMMAND_FAILED')) return
  for (const line of error.detail.split('\n').filter(Boolean)) writer.output(stepId, line)
}

/**
 * Calls `attempt` until it succeeds, at most the step's `attemptsMax` times, with a pause between. Rejects with the last
 * error; at once where trying again can't help.
 */
export async function runAttempts<C>(
  given: StepRun<C>,
  attempt: (part: Part, number: number) => Promise<void>,
): Promise<void> {
  const { writer, signal, onError } = given
  const { planned } = given.step
  for (let number = 1; ; number += 1)
    try {
      await attempt(partOf(given, number), number)
      return
    } catch (error) {
      tellWhy(writer, planned.id, error)
      if (number >= planned.attemptsMax || !isWorthRepeating(error) || signal.aborted)
        throw endError(error, planned)
      onError(error, planned.id)
      const { message } = toStepError(error)
      writer.output(planned.id, `Attempt ${number} of ${planned.attemptsMax} failed: ${message}`)
      await sleep(pauseMs * number, undefined, { signal }).catch(() => signal.throwIfAborted())
    }
}
