import { z } from 'zod'
import { parseInput } from '@/lib/domain/parse-input'
import type { OperationView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { findOperation } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'
import { buildOperationView } from '@/lib/services/views/operation-view'
import { readOperationEntry } from '@/lib/services/views/read-operation-entry'

const readOperationInput = z.object({ operationId: z.string().min(1) })

/** One operation with its plan, steps and events. Throws NOT_FOUND. */
export async function readOperation(context: ServiceContext, input: unknown): Promise<OperationView> {
  await requireRole(context, 'viewer', 'operation.read')
  const { operationId } = parseInput(readOperationInput, input)
  const operation = await findOperation(context.store, operationId)
  return buildOperationView(await readOperationEntry(context.store, operation), context.actor.role)
}
