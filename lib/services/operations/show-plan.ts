import { createHash } from 'node:crypto'
import type { ShownPlan } from '@/lib/domain/inputs'
import type { Plan, PlannedStep, PreviewLine } from '@/lib/domain/operation'
import type { PlanView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'

/**
 * Digest (SHA-256, hex) of what a step does: where, and its commands, statements and files as shown. Notes are left out: they say
 * sizes and counts, which change while everything that will run stays the same.
 */
function digestOf({ host, preview }: PlannedStep): string {
  const acts = preview.filter(({ kind }) => kind !== 'note').map(inOneOrder)
  return createHash('sha256')
    .update(JSON.stringify([host, acts]))
    .digest('hex')
}

/** A plan that comes from the store has its keys in another order (PostgreSQL, type jsonb), and does the same. */
const inOneOrder = (line: PreviewLine) =>
  Object.entries(line).sort(([one], [other]) => (one < other ? -1 : 1))

/** A plan as every door shows it, with what a start hands back of it so that just this runs. */
export const showPlan = (plan: Plan): PlanView => ({
  plan,
  checks: plan.preflight,
  shown: {
    operationId: plan.operationId,
    steps: plan.steps.map((step) => ({ id: step.id, digest: digestOf(step) })),
  },
})

/** Throws CONFLICT unless the plan has the steps that were shown, and each would do what was shown. */
export function requireAsShown(plan: Plan, shown: ShownPlan | null): void {
  if (shown === null) return
  const now = showPlan(plan).shown.steps
  const isSame = now.length === shown.steps.length && now.every(({ id }, at) => id === shown.steps[at]?.id)
  const changed = plan.steps.filter((_, at) => now[at]?.digest !== shown.steps[at]?.digest)
  if (isSame && changed.length === 0) return
  const more = changed.length > 1 ? ` So would ${changed.length - 1} more.` : ''
  const how = isSame
    ? `“${changed[0]?.title}” would run something else now.${more}`
    : 'it has other steps now.'
  throw new AppError('CONFLICT', `The hosts have changed since the plan was shown: ${how}`, {
    fix: 'Look at the new plan, then start it.',
    detail: changed.map(({ id }) => id).join(', '),
  })
}
