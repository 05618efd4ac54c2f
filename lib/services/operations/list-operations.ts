import { z } from 'zod'
import { parseInput } from '@/lib/domain/parse-input'
import type { OperationSummary } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { findPair } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'
import { toSummary } from '@/lib/services/views/pair-view'

const listOperationsInput = z.object({
  slug: z.string().min(1),
  limit: z.coerce.number().int().min(1).max(500).default(50),
})

/** What was done to a pair, newest first. Throws NOT_FOUND. */
export async function listOperations(
  context: ServiceContext,
  input: unknown,
): Promise<readonly OperationSummary[]> {
  await requireRole(context, 'viewer', 'operation.list')
  const { slug, limit } = parseInput(listOperationsInput, input)
  const pair = await findPair(context.store, slug)
  return (await context.store.operations.listOfPair(pair.id, limit)).map(toSummary)
}
