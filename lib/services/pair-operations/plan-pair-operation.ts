import { planPairInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { PlanView } from '@/lib/domain/views'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { showPlan } from '@/lib/services/operations/show-plan'
import { askedOperation } from '@/lib/services/pair-operations/asked-operation'
import { pairGround } from '@/lib/services/pair-operations/pair-ground'
import { parseOptions } from '@/lib/services/pair-operations/parse-options'
import { requireRole } from '@/lib/services/require-role'

/**
 * The plan of an operation on a pair from what is reachable now; only reads, and may be looked at in any state. It can be started
 * for a while. Throws NOT_ALLOWED, INVALID_INPUT, NOT_FOUND, PROFILE_INVALID.
 */
export async function planPairOperation(context: ServiceContext, given: unknown): Promise<PlanView> {
  const asked = askedOperation(given)
  await requireRole(context, asked.needed, `${asked.name}.plan`)
  const { slug, operation, options } = parseInput(planPairInput, given)
  const chosen = parseOptions(operation, options)
  const plan = async () => {
    const ground = await pairGround(context, slug, operation)
    const operationId = crypto.randomUUID()
    return context.planners.planOnPair({ ...ground, ...chosen, operationId, shown: null })
  }
  // What the dashboard plans by itself, again and again, is shown to nobody: it is not kept, and leaves no row in the audit.
  if (context.actor.kind === 'system') return showPlan(await plan())
  return act(context, { action: `${operation}.plan`, subject: slug }, async (commit) => {
    const planned = await plan()
    await commit(({ shownPlans }) => shownPlans.keep(planned))
    return showPlan(planned)
  })
}
