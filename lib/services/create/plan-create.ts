import { createInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { PlanView } from '@/lib/domain/views'
import { look } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { createGround } from '@/lib/services/create/create-ground'
import { hostNames } from '@/lib/services/find-or-throw'
import { showPlan } from '@/lib/services/operations/show-plan'
import { requireRole } from '@/lib/services/require-role'

/** The plan of a pair to be made, with the exact commands; only reads. */
export async function planCreate(context: ServiceContext, given: unknown): Promise<PlanView> {
  await requireRole(context, 'administrator', 'create.plan')
  const input = parseInput(createInput, given)
  const names = await hostNames(context.store, input.hosts)
  const makePlan = async () => {
    const ground = await createGround(context, input)
    const operationId = crypto.randomUUID()
    const plan = await context.planners.planCreate({ ...ground, input, operationId })
    return showPlan(plan)
  }
  return look(context, { action: 'create.plan', subject: input.slug }, makePlan, () => names)
}
