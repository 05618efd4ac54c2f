import type { CheckOverride } from '@/lib/domain/preflight'
import type { PlanView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import type { ServiceContext } from '@/lib/services/context'
import { requirePassed } from '@/lib/services/operations/require-passed'

/**
 * Ends a command whose plan was printed and can't run. Throws PRECONDITION_FAILED with the first failed check that is not
 * overridden, and INVALID_INPUT for an override of a check that there is not.
 */
export function refuseBlocked(
  { checks }: Pick<PlanView, 'checks'>,
  overrides: readonly CheckOverride[],
  { actor }: Pick<ServiceContext, 'actor'>,
): void {
  requirePassed(checks, overrides, actor.name)
}

/** The checks that were named with `--override CHECK=REASON`. Throws INVALID_INPUT for one without a reason. */
export const toOverrides = (given: readonly string[]): readonly CheckOverride[] =>
  given.map((text) => {
    const [checkId = '', ...rest] = text.split('=')
    const reason = rest.join('=').trim()
    if (checkId === '' || reason === '')
      throw new AppError('INVALID_INPUT', `“${text}” names no check with a reason.`, {
        fix: 'Give --override CHECK="why", with the check’s name as the plan prints it.',
      })
    return { checkId: checkId.trim(), reason }
  })
