import type { GivingWay } from '@/lib/domain/giving-way'
import { startFenceInput } from '@/lib/domain/inputs'
import { neededRoles } from '@/lib/domain/needed-roles'
import { parseInput } from '@/lib/domain/parse-input'
import type { StartedView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { closeGivingWay, findGivingWay } from '@/lib/services/fence/giving-way'
import { findPair } from '@/lib/services/find-or-throw'
import { letGoOf } from '@/lib/services/operations/let-go-of'
import { requireOpen } from '@/lib/services/operations/require-open'
import { startOperation } from '@/lib/services/operations/start-operation'
import { promoteGround } from '@/lib/services/promote/promote-ground'
import { requireRole } from '@/lib/services/require-role'

/**
 * Starts the fencing of a former primary that came back. A promotion that stands with nothing but a hook or a health check to
 * come is closed in the same transaction: two writable primaries don't wait for it. Throws PRECONDITION_FAILED where the state
 * table or a check closes it, CONFLICT where the plan is no longer the one shown, PAIR_BUSY.
 */
export async function startFence(context: ServiceContext, given: unknown): Promise<StartedView> {
  await requireRole(context, neededRoles.fence, 'pair.fence')
  const start = parseInput(startFenceInput, given)
  const { slug } = start
  const closed: GivingWay[] = []
  const started = await startOperation(
    context,
    { action: 'pair.fence', subject: slug },
    {
      ...start,
      input: {},
      makePlan: async (operationId) => {
        const ground = await promoteGround(context, slug)
        requireOpen('fence', ground, context.clock.now())
        const givingWay = await findGivingWay(context.store, ground.pair.id)
        const plan = await context.planners.planFence({ ...ground, operationId, givingWay })
        return { plan, hosts: ground.hosts }
      },
      takePair: async (repositories) => {
        const { id } = await findPair(repositories, slug)
        closed.push(...(await closeGivingWay(context, repositories, id)))
        return id
      },
    },
  )
  for (const { operationId } of closed) await letGoOf(context, operationId)
  return started
}
