import { foundInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { FoundView } from '@/lib/domain/views'
import { look } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { createGround } from '@/lib/services/create/create-ground'
import { hostNames } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

/** What is on two hosts before anything is chosen; only reads. */
export async function findOnHosts(context: ServiceContext, input: unknown): Promise<FoundView> {
  await requireRole(context, 'administrator', 'create.find')
  const parsed = parseInput(foundInput, input)
  const subject = await hostNames(context.store, parsed.hosts)
  return look(context, { action: 'create.find', subject }, async () =>
    context.planners.readFound(await createGround(context, parsed)),
  )
}
