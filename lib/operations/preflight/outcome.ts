import type { PreflightCheck } from '@/lib/domain/preflight'

type Outcome = Pick<PreflightCheck, 'outcome' | 'evidence' | 'fix'>

/** The four outcomes of a check; what is not fine always comes with its fix. */
export const pass = (evidence: string): Outcome => ({ outcome: 'pass', evidence, fix: '' })
export const warn = (evidence: string, fix: string): Outcome => ({ outcome: 'warn', evidence, fix })
export const fail = (evidence: string, fix: string): Outcome => ({ outcome: 'fail', evidence, fix })
export const notApplicable = (evidence: string): Outcome => ({ outcome: 'not-applicable', evidence, fix: '' })

/** A check by its name and what came out. */
export const toCheck = (
  id: string,
  title: string,
  host: PreflightCheck['host'],
  outcome: Outcome,
): PreflightCheck => ({ id, title, host, ...outcome })

export type { Outcome }
