import { blockers, type CheckOverride, type PreflightCheck, withOverrides } from '@/lib/domain/preflight'
import { AppError } from '@/lib/errors'

/**
 * The checks with what `by` overrides. Throws PRECONDITION_FAILED, with the first check that keeps the plan from running, and
 * INVALID_INPUT for an override of a check that the plan has not.
 */
export function requirePassed(
  checks: readonly PreflightCheck[],
  overrides: readonly CheckOverride[],
  by: string,
): readonly PreflightCheck[] {
  const stranger = overrides.find(({ checkId }) => !checks.some(({ id }) => id === checkId))
  if (stranger) throw notAmong(stranger, checks)
  const checked = withOverrides(checks, overrides, by)
  const failed = blockers(checked)
  const [first] = failed
  if (!first) return checked
  const more = failed.length > 1 ? ` (and ${failed.length - 1} more)` : ''
  throw new AppError('PRECONDITION_FAILED', `${first.title}: ${first.evidence}${more}`, {
    fix: `${first.fix}${ofOverride(first, overrides)}`,
    detail: failed.map(({ id }) => id).join(', '),
  })
}

function ofOverride({ id, canOverride }: PreflightCheck, overrides: readonly CheckOverride[]): string {
  if (canOverride) return ` Or override ${id}, with a reason.`
  return overrides.some(({ checkId }) => checkId === id) ? ` ${id} can’t be overridden.` : ''
}

function notAmong({ checkId }: CheckOverride, checks: readonly PreflightCheck[]): AppError {
  const can = blockers(checks).filter(({ canOverride }) => canOverride)
  return new AppError('INVALID_INPUT', `This plan has no check “${checkId}” to override.`, {
    fix:
      can.length > 0
        ? `What can be overridden: ${can.map(({ id }) => id).join(', ')}.`
        : 'Leave the override out: no check of this plan needs one that may have it.',
    fields: { overrides: `There is no check ${checkId}.` },
  })
}
