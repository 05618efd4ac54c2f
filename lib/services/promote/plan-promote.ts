import { z } from 'zod'
import { neededRoles } from '@/lib/domain/needed-roles'
import { parseInput } from '@/lib/domain/parse-input'
import type { PlanView } from '@/lib/domain/views'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { showPlan } from '@/lib/services/operations/show-plan'
import { promoteGround } from '@/lib/services/promote/promote-ground'
import { requireRole } from '@/lib/services/require-role'

const planPromoteInput = z.object({ slug: z.string().min(1) })

/** The plan of a promotion from what is reachable now; only reads, and may be looked at in any state. It can be started for a while. */
export async function planPromote(context: ServiceContext, given: unknown): Promise<PlanView> {
  await requireRole(context, neededRoles.promote, 'promote.plan')
  const { slug } = parseInput(planPromoteInput, given)
  return act(context, { action: 'promote.plan', subject: slug }, async (commit) => {
    const ground = await promoteGround(context, slug)
    const operationId = crypto.randomUUID()
    const plan = await context.planners.planPromote({ ...ground, operationId, shown: null })
    await commit(({ shownPlans }) => shownPlans.keep(plan))
    return showPlan(plan)
  })
}
