import { startPairInput } from '@/lib/domain/inputs'
import { neededRoles } from '@/lib/domain/needed-roles'
import { parseInput } from '@/lib/domain/parse-input'
import type { StartedView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { requireAcknowledged } from '@/lib/services/operations/require-acknowledged'
import { requireOpen } from '@/lib/services/operations/require-open'
import { startOperation } from '@/lib/services/operations/start-operation'
import { pairGround } from '@/lib/services/pair-operations/pair-ground'
import { parseOptions } from '@/lib/services/pair-operations/parse-options'
import { requireRole } from '@/lib/services/require-role'

/**
 * Starts an operation on a pair. Throws INVALID_INPUT unless the plan's words were typed, PRECONDITION_FAILED where the rules of the
 * actions or a check close it, CONFLICT where the plan is no longer the one shown, PAIR_BUSY.
 */
export async function startPairOperation(context: ServiceContext, given: unknown): Promise<StartedView> {
  await requireRole(context, 'operator', 'pair.operate')
  const start = parseInput(startPairInput, given)
  const { acknowledgement, slug, operation } = start
  await requireRole(context, neededRoles[operation], `pair.${operation}`)
  const options = parseOptions(operation, start.options)
  const ground = await pairGround(context, slug)
  return startOperation(
    context,
    { action: `pair.${operation}`, subject: slug },
    {
      ...start,
      input: { acknowledgement, options: options.options },
      makePlan: async (operationId) => {
        requireOpen(operation, ground, context.clock.now())
        const shown = start.shown && (await context.store.shownPlans.find(start.shown.operationId))
        const plan = await context.planners.planOnPair({ ...ground, ...options, operationId, shown })
        requireAcknowledged(plan, acknowledgement, 'The words that the plan asks for were not typed.')
        return plan
      },
      takePair: async () => ground.pair.id,
    },
  )
}
