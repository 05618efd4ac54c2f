import { foundInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { FoundReplicationView } from '@/lib/domain/views'
import { look } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { createGround } from '@/lib/services/create/create-ground'
import { hostNames } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

/** What replicates between two hosts that are no pair, and who made that; only reads. Throws CONFLICT where one of them is in a pair. */
export async function findReplication(
  context: ServiceContext,
  input: unknown,
): Promise<FoundReplicationView> {
  await requireRole(context, 'administrator', 'observe.find')
  const parsed = parseInput(foundInput, input)
  const subject = await hostNames(context.store, parsed.hosts)
  return look(context, { action: 'observe.find', subject }, async () =>
    context.planners.recognise(await createGround(context, parsed)),
  )
}
