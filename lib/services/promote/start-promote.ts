import { startPromoteInput } from '@/lib/domain/inputs'
import { neededRoles } from '@/lib/domain/needed-roles'
import { parseInput } from '@/lib/domain/parse-input'
import type { StartedView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { findPair } from '@/lib/services/find-or-throw'
import { requireAcknowledged } from '@/lib/services/operations/require-acknowledged'
import { requireOpen } from '@/lib/services/operations/require-open'
import { startOperation } from '@/lib/services/operations/start-operation'
import { promoteGround } from '@/lib/services/promote/promote-ground'
import { requireRole } from '@/lib/services/require-role'

/**
 * Starts a promotion. Throws INVALID_INPUT unless the plan's words were typed, PRECONDITION_FAILED where the state
 * table or a check closes it, CONFLICT where the plan is no longer the one shown, PAIR_BUSY.
 */
export async function startPromote(context: ServiceContext, given: unknown): Promise<StartedView> {
  await requireRole(context, neededRoles.promote, 'pair.promote')
  const start = parseInput(startPromoteInput, given)
  const { acknowledgement, slug } = start
  return startOperation(
    context,
    { action: 'pair.promote', subject: slug },
    {
      ...start,
      input: { acknowledgement },
      makePlan: async (operationId) => {
        const ground = await promoteGround(context, slug)
        requireOpen('promote', ground, context.clock.now())
        const shown = start.shown && (await context.store.shownPlans.find(start.shown.operationId))
        const plan = await context.planners.planPromote({ ...ground, operationId, shown })
        requireAcknowledged(plan, acknowledgement, 'The words under the loss statement were not typed.')
        return { plan, hosts: ground.hosts }
      },
      takePair: async (repositories) => (await findPair(repositories, slug)).id,
    },
  )
}
