import { createInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { PreflightView } from '@/lib/domain/views'
import { look } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { createGround } from '@/lib/services/create/create-ground'
import { hostNames } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

/** The preflight checks of a pair to be made; only reads. */
export async function checkCreate(context: ServiceContext, given: unknown): Promise<PreflightView> {
  await requireRole(context, 'administrator', 'create.check')
  const input = parseInput(createInput, given)
  const names = await hostNames(context.store, input.hosts)
  const check = async () => {
    const ground = await createGround(context, input)
    return { checks: await context.planners.checkCreate({ ...ground, input }) }
  }
  return look(context, { action: 'create.check', subject: input.slug }, check, () => names)
}
