import type { PreflightCheck } from '@/lib/domain/preflight'

type Outcome = Pick<PreflightCheck, 'outcome' | 'evidence' | 'fix' | 'canOverride'>

const made = (outcome: Outcome['outcome'], evidence: string, fix = ''): Outcome => ({
  outcome,
  evidence,
  fix,
  canOverride: false,
})

/** The four outcomes of a check; what is not fine always comes with its fix. */
export const pass = (evidence: string): Outcome => made('pass', evidence)
export const warn = (evidence: string, fix: string): Outcome => made('warn', evidence, fix)
export const fail = (evidence: string, fix: string): Outcome => made('fail', evidence, fix)
export const notApplicable = (evidence: string): Outcome => made('not-applicable', evidence)

/**
 * The same where a failure endangers nothing that can't be brought back, and at worst the operation itself ends in a sentence: then an
 * operator may go on all the same, with a reason.
 */
export const overridable = (outcome: Outcome): Outcome => ({
  ...outcome,
  canOverride: outcome.outcome === 'fail',
})

/**
 * What could not be asked is not passed: it fails where the operation can't do without the host, and is a warning where it can, such as
 * a promotion without its dead primary.
 */
export const unasked = (evidence: string, fix: string, isRequired: boolean): Outcome =>
  isRequired ? fail(evidence, fix) : warn(evidence, fix)

/** A check by its name and what came out. */
export const toCheck = (
  id: string,
  title: string,
  host: PreflightCheck['host'],
  outcome: Outcome,
): PreflightCheck => ({ id, title, host, ...outcome })

export type { Outcome }
