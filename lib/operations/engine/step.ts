import type { PlannedStep, Progress, ReversibleStep } from '@/lib/domain/operation'
import { hasCode } from '@/lib/errors'
import { LeftRunning } from '@/lib/operations/engine/ports'

/** What a step sees while it runs, beside the operation's own context `C` (doors, facts, pair, input). */
export type StepIo = {
  /** Aborted by cancel, time-out or shutdown (`stopReason` says which); every wait must heed it. */
  readonly signal: AbortSignal
  /** From 1 to the plan's `attemptsMax`. */
  readonly attempt: number
  /** One line for the operation's page; already free of secrets. */
  output(line: string): void
  /** As often as wished: the wrapper keeps two a second and the last. */
  progress(progress: Omit<Progress, 'at'>): void
}

/** The effect is already there (with a sentence why), or it is not. */
type CheckResult = { readonly done: true; readonly sentence: string } | { readonly done: false }

/**
 * The host proves itself, read there just before the step acts: see `proveHost`. Throws WRONG_HOST, or PRECONDITION_FAILED where it is the
 * host but not in the state that it must be in. Returns what was seen, one sentence for the record.
 */
export type Proof<C> = (context: C, io: StepIo) => Promise<string>

/** What on the wrong host would do harm can't be declared without its proof; what can't be taken back never can. */
type Harmless = { readonly planned: ReversibleStep; readonly prove?: undefined }
type Dangerous<C> = { readonly planned: PlannedStep; readonly prove: Proof<C> }

/**
 * One step of an operation. `check`, `run`, `verify` and `undo` may each run twice: a paused owner may finish a step
 * after another took over. The wrapper (`run-step.ts`) writes start, end and errors; the author only acts.
 */
export type Step<C> = (Harmless | Dangerous<C>) & Deeds<C>

/** What a step does, and how it is seen. */
type Deeds<C> = {
  /**
   * Reads facts: is the effect already there? Then the step is skipped with that sentence.
   * After an undo it is asked again and must say that the effect is gone.
   */
  readonly check: (context: C, io: StepIo) => Promise<CheckResult>
  readonly run: (context: C, io: StepIo) => Promise<void>
  /** Reads facts: throws AppError STEP_FAILED unless the effect is seen. Returns the sentence for the record. */
  readonly verify: (context: C, io: StepIo) => Promise<string>
  /**
   * Takes the effect back; does nothing (and says so) where there is none. Where planned.undo is `nothing-to-undo` it makes whole what
   * stays, if the step was cut off in the middle. Absent on the others.
   */
  readonly undo?: (context: C, io: StepIo) => Promise<string>
}

export type StopReason = 'cancelled' | 'timed-out' | 'left-running'

/**
 * Why a step's signal was aborted; null while it was not. On `left-running` what runs on a host by itself (`startJob`) should be
 * left alone: whoever takes the operation up finds it there. On the others it should be ended.
 */
export function stopReason(signal: AbortSignal): StopReason | null {
  if (!signal.aborted) return null
  if (signal.reason instanceof LeftRunning) return 'left-running'
  return hasCode(signal.reason, 'STEP_TIMED_OUT') ? 'timed-out' : 'cancelled'
}
