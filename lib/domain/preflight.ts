import type { Role } from '@/lib/domain/pair'

const checkOutcomes = ['pass', 'warn', 'fail', 'not-applicable'] as const
export type CheckOutcome = (typeof checkOutcomes)[number]

/** A fact with a threshold: always with the evidence and the fix. */
export type PreflightCheck = {
  /** Stable, kebab-case. */
  readonly id: string
  readonly title: string
  readonly host: Role | 'both'
  readonly outcome: CheckOutcome
  /** What was seen, with numbers. */
  readonly evidence: string
  /** What to do; empty when it passed. */
  readonly fix: string
}

export const isBlocking = (checks: readonly PreflightCheck[]) =>
  checks.some((check) => check.outcome === 'fail')
