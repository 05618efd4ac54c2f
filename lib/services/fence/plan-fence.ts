import { z } from 'zod'
import { neededRoles } from '@/lib/domain/needed-roles'
import { parseInput } from '@/lib/domain/parse-input'
import type { PlanView } from '@/lib/domain/views'
import { look } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findGivingWay } from '@/lib/services/fence/giving-way'
import { showPlan } from '@/lib/services/operations/show-plan'
import { promoteGround } from '@/lib/services/promote/promote-ground'
import { requireRole } from '@/lib/services/require-role'

const planFenceInput = z.object({ slug: z.string().min(1) })

/** The plan of fencing a former primary, from what is reachable now; only reads. */
export async function planFence(context: ServiceContext, given: unknown): Promise<PlanView> {
  await requireRole(context, neededRoles.fence, 'fence.plan')
  const { slug } = parseInput(planFenceInput, given)
  return look(context, { action: 'fence.plan', subject: slug }, async () => {
    const ground = await promoteGround(context, slug)
    const givingWay = await findGivingWay(context.store, ground.pair.id)
    const plan = await context.planners.planFence({ ...ground, operationId: crypto.randomUUID(), givingWay })
    return showPlan(plan)
  })
}
