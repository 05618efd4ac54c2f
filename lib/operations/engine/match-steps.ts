import type { Plan } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import type { Step } from '@/lib/operations/engine/step'

/** What is wrong with a step as its author wrote it; null when nothing is. */
function faultOf<C>({ planned, undo }: Step<C>): string | null {
  const { id, timeoutMs, attemptsMax, irreversible } = planned
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) return `${id} is not kebab-case`
  if (!(timeoutMs > 0 && Number.isFinite(timeoutMs))) return `${id} has no time-out`
  if (!(attemptsMax >= 1 && Number.isInteger(attemptsMax))) return `${id} has no limit of attempts`
  const mayHaveUndo = planned.undo === 'undo' || planned.undo === 'nothing-to-undo'
  if (undo === undefined ? planned.undo === 'undo' : !mayHaveUndo)
    return `${id} says ${planned.undo} about its undo`
  if (irreversible && planned.undo !== 'forward-only') return `${id} is irreversible but not forward-only`
  return null
}

/**
 * Throws unless these are the steps of the plan that was shown: the same ids in the same order, each with its undo as planned and
 * every limit set. PRECONDITION_FAILED where the plan was made by another version, INTERNAL where a step is written wrongly.
 */
export function verifyStepsMatch<C>(plan: Pick<Plan, 'steps'>, steps: readonly Step<C>[]): void {
  const faults = steps.flatMap((step) => faultOf(step) ?? [])
  if (new Set(steps.map(({ planned }) => planned.id)).size < steps.length) faults.push('an id is used twice')
  if (faults.length > 0)
    throw new AppError('INTERNAL', 'The operation is not written as it must be.', {
      detail: faults.join('; '),
    })
  const shape = (planned: Plan['steps'][number]) => `${planned.id} ${planned.undo} ${planned.irreversible}`
  const now = steps.map(({ planned }) => shape(planned)).join(', ')
  const then = plan.steps.map(shape).join(', ')
  if (now !== then)
    throw new AppError('PRECONDITION_FAILED', 'The plan was made by another version of Understudy.', {
      fix: 'Go back to the version that made it, or close the operation and start it again.',
      detail: `planned ${then}; now ${now}`,
    })
}
