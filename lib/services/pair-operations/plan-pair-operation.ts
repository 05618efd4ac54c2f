import { planPairInput } from '@/lib/domain/inputs'
import { neededRoles } from '@/lib/domain/needed-roles'
import { parseInput } from '@/lib/domain/parse-input'
import type { PlanView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { pairGround } from '@/lib/services/pair-operations/pair-ground'
import { parseOptions } from '@/lib/services/pair-operations/parse-options'
import { requireRole } from '@/lib/services/require-role'

/**
 * The plan of an operation on a pair from what is reachable now; only reads, and may be looked at in any state. It can be started for a
 * while. Throws NOT_ALLOWED, INVALID_INPUT, NOT_FOUND, PROFILE_INVALID.
 */
export async function planPairOperation(context: ServiceContext, given: unknown): Promise<PlanView> {
  await requireRole(context, 'operator', 'operation.plan')
  const { slug, operation, options: chosen } = parseInput(planPairInput, given)
  await requireRole(context, neededRoles[operation], `${operation}.plan`)
  const options = parseOptions(operation, chosen)
  const ground = await pairGround(context, slug)
  const operationId = crypto.randomUUID()
  const plan = await context.planners.planOnPair({ ...ground, ...options, operationId, shown: null })
  await context.store.shownPlans.keep(plan)
  return { plan, checks: plan.preflight }
}
