import { askOfOperationInput } from '@/lib/domain/inputs'
import { neededForOperations } from '@/lib/domain/needed-roles'
import { parseInput } from '@/lib/domain/parse-input'
import type { OperationView } from '@/lib/domain/views'
import { askOperation } from '@/lib/operations/ask-operation'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { letGoOf } from '@/lib/services/operations/let-go-of'
import { readOperation } from '@/lib/services/operations/read-operation'
import { requireRole } from '@/lib/services/require-role'

/**
 * Cancels, resumes, undoes or closes an operation: the request goes into its record, the worker does the rest. Throws NOT_FOUND,
 * and PRECONDITION_FAILED with the reason where the operation does not allow it now.
 */
export async function askOfOperation(context: ServiceContext, input: unknown): Promise<OperationView> {
  await requireRole(context, neededForOperations, 'operation.ask')
  const { operationId, verb, reason } = parseInput(askOfOperationInput, input)
  await act(context, { action: `operation.${verb}`, subject: operationId }, (commit) =>
    commit(
      ({ operations }) =>
        askOperation(operations, { operationId, verb, by: context.actor.name, why: reason }),
      reason,
    ),
  )
  if (verb === 'close') await letGoOf(context, operationId)
  return readOperation(context, { operationId })
}
