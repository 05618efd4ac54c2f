import type { PlannedStep, Progress } from '@/lib/domain/operation'

/** What a step sees while it runs, beside the operation's own context `C` (doors, facts, pair, input). */
export type StepIo = {
  /** Aborted by cancel, time-out or shutdown; every wait must heed it. */
  readonly signal: AbortSignal
  readonly attempt: number
  /** One line for the operation's page; already free of secrets. */
  output(line: string): void
  progress(progress: Omit<Progress, 'at'>): void
}

/** The effect is already there (with a sentence why), or it is not. */
export type CheckResult = { readonly done: true; readonly sentence: string } | { readonly done: false }

/**
 * One step of an operation. `check`, `run`, `verify` and `undo` may each run twice: a paused owner may finish a step
 * after another took over. The wrapper (`run-step.ts`) writes start, end and errors; the author only acts.
 */
export type Step<C> = {
  readonly planned: PlannedStep
  /** Reads facts: is the effect already there? Then the step is skipped with that sentence. */
  readonly check: (context: C, io: StepIo) => Promise<CheckResult>
  readonly run: (context: C, io: StepIo) => Promise<void>
  /** Reads facts: throws AppError STEP_FAILED unless the effect is seen. Returns the sentence for the record. */
  readonly verify: (context: C, io: StepIo) => Promise<string>
  /** Takes the effect back; does nothing (and says so) where there is none. Absent unless planned.undo is `undo`. */
  readonly undo?: (context: C, io: StepIo) => Promise<string>
}
