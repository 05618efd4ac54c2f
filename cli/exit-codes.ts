import type { PairState } from '@/lib/domain/states'

/** What the process says when it ends; 1 and 2 come from errors (`exitCodeOf`). */
export const exitCodes = {
  fine: 0,
  failed: 1,
  usage: 2,
  degraded: 3,
  unprotected: 4,
  /** Promoted, and the old primary is not attached again. */
  notReattached: 5,
  unknown: 6,
  /** A drill went to its end, and what it tried failed, or it gave way. */
  drillFailed: 7,
  gaveWay: 8,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The exit code of a command that shows a pair, by what its state promises. */
export const exitCodeOfState: Readonly<Record<PairState, ExitCode>> = {
  unpaired: exitCodes.unprotected,
  working: exitCodes.degraded,
  protected: exitCodes.fine,
  'catching-up': exitCodes.degraded,
  degraded: exitCodes.degraded,
  disconnected: exitCodes.degraded,
  'standby-lost': exitCodes.unprotected,
  diverged: exitCodes.unprotected,
  'no-primary': exitCodes.unprotected,
  'two-primaries': exitCodes.unprotected,
  unprotected: exitCodes.unprotected,
  unknown: exitCodes.unknown,
}

const loudness: readonly ExitCode[] = [
  exitCodes.fine,
  exitCodes.degraded,
  exitCodes.unknown,
  exitCodes.unprotected,
]

/** The worst of several pairs; a pair that nobody has looked at (null) is unknown. */
export function worstExitCode(states: readonly (PairState | null)[]): ExitCode {
  const codes = states.map((state) => (state === null ? exitCodes.unknown : exitCodeOfState[state]))
  return codes.reduce<ExitCode>(
    (worst, code) => (loudness.indexOf(code) > loudness.indexOf(worst) ? code : worst),
    exitCodes.fine,
  )
}
