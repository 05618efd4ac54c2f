import { isBlocking, type PreflightCheck } from '@/lib/domain/preflight'
import type { PlanView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'

/** Ends a command whose plan was printed and can't run. Throws PRECONDITION_FAILED with the first failed check. */
export function refuseBlocked({ checks }: Pick<PlanView, 'checks'>): void {
  if (!isBlocking(checks)) return
  const failed = checks.filter(({ outcome }: PreflightCheck) => outcome === 'fail')
  const [first] = failed
  const more = failed.length > 1 ? ` (and ${failed.length - 1} more)` : ''
  throw new AppError('PRECONDITION_FAILED', `${first?.title}: ${first?.evidence}${more}`, {
    fix: first?.fix ?? '',
  })
}
