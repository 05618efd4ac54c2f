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
  /** It failed, and to go on all the same endangers nothing that can't be brought back: an operator may, with a reason. */
  readonly canOverride: boolean
  /** Who went on all the same, and why; absent where nobody did. */
  readonly overridden?: { readonly by: string; readonly reason: string }
}

/** An operator's word that an operation goes on although a check failed. */
export type CheckOverride = { readonly checkId: string; readonly reason: string }

/** Whether a check keeps the plan from running. */
export const isBlocking = (checks: readonly PreflightCheck[]): boolean => blockers(checks).length > 0

/** The failed checks that nobody has overridden. */
export const blockers = (checks: readonly PreflightCheck[]): readonly PreflightCheck[] =>
  checks.filter(({ outcome, overridden }) => outcome === 'fail' && overridden === undefined)

/**
 * The checks with what `by` overrides. Only a failed check that can be overridden is, and only with a reason: one that passes by now
 * stays as it is.
 */
export const withOverrides = (
  checks: readonly PreflightCheck[],
  overrides: readonly CheckOverride[],
  by: string,
): readonly PreflightCheck[] =>
  checks.map((check) => {
    const reason = overrides.find(({ checkId }) => checkId === check.id)?.reason.trim() ?? ''
    const applies = check.outcome === 'fail' && check.canOverride && reason !== ''
    return applies ? { ...check, overridden: { by, reason } } : check
  })

/** What is overridden of these checks by reasons that were written beside them, by the check's id; an empty one overrides nothing. */
export const overridesOf = (
  checks: readonly PreflightCheck[],
  reasons: Readonly<Record<string, string>>,
): readonly CheckOverride[] =>
  checks.flatMap(({ id, outcome, canOverride }) => {
    const reason = reasons[id]?.trim() ?? ''
    return outcome === 'fail' && canOverride && reason !== '' ? [{ checkId: id, reason }] : []
  })

/** Whether checks keep the plan from running, with these reasons written beside them. */
export const isBlockingDespite = (
  checks: readonly PreflightCheck[],
  reasons: Readonly<Record<string, string>>,
): boolean => isBlocking(withOverrides(checks, overridesOf(checks, reasons), 'you'))

/** One sentence for each check that was overridden, for whatever keeps a record. */
export const overrideSentences = (checks: readonly PreflightCheck[]): readonly string[] =>
  checks.flatMap(({ id, evidence, overridden }) =>
    overridden ? [`${overridden.by} overrode ${id} (${evidence}): ${overridden.reason}`] : [],
  )
