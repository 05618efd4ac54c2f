import type { GivingWay } from '@/lib/domain/giving-way'
import { startPairInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { StartedView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { findPair } from '@/lib/services/find-or-throw'
import { letGoOf } from '@/lib/services/operations/let-go-of'
import { requireAcknowledged } from '@/lib/services/operations/require-acknowledged'
import { requireOpen } from '@/lib/services/operations/require-open'
import { startOperation } from '@/lib/services/operations/start-operation'
import { askedOperation } from '@/lib/services/pair-operations/asked-operation'
import { closeGivingWay } from '@/lib/services/pair-operations/giving-way'
import { pairGround } from '@/lib/services/pair-operations/pair-ground'
import { parseOptions } from '@/lib/services/pair-operations/parse-options'
import { requireRole } from '@/lib/services/require-role'

/**
 * Starts an operation on a pair. A promotion that gives way to it is closed in the same transaction. Throws INVALID_INPUT unless the
 * plan's words were typed, PRECONDITION_FAILED where the rules of the actions or a check close it, CONFLICT where the plan is no
 * longer the one shown, PAIR_BUSY.
 */
export async function startPairOperation(context: ServiceContext, given: unknown): Promise<StartedView> {
  const asked = askedOperation(given)
  await requireRole(context, asked.needed, `pair.${asked.name}`)
  const start = parseInput(startPairInput, given)
  const { acknowledgement, slug, operation } = start
  const chosen = parseOptions(operation, start.options)
  const closed: GivingWay[] = []
  const started = await startOperation(
    context,
    { action: `pair.${operation}`, subject: slug },
    {
      ...start,
      input: { acknowledgement, options: chosen.options },
      makePlan: async (operationId) => {
        const ground = await pairGround(context, slug, operation)
        requireOpen(operation, ground, context.clock.now())
        const shown = start.shown && (await context.store.shownPlans.find(start.shown.operationId))
        const plan = await context.planners.planOnPair({ ...ground, ...chosen, operationId, shown })
        requireAcknowledged(plan, acknowledgement, 'The words that the plan asks for were not typed.')
        return { plan, hosts: ground.hosts }
      },
      takePair: async (repositories) => {
        const { id } = await findPair(repositories, slug)
        closed.push(...(await closeGivingWay(context, repositories, id, operation)))
        return id
      },
    },
  )
  for (const { operationId } of closed) await letGoOf(context, operationId)
  return started
}
