import type { OperationId } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'

/** One request to work on an operation: its first run, or a resume or undo that was asked for later. */
export type OperationRequest = { readonly operationId: OperationId; readonly requestNumber: number }

/** The workflow that serves a request. The same request gives the same id, so enqueueing it twice is enqueueing it once. */
export const toWorkflowId = ({ operationId, requestNumber }: OperationRequest): string =>
  `${operationId}:${requestNumber}`

/** Throws INTERNAL where the id was not made by `toWorkflowId`. */
export function parseWorkflowId(workflowId: string): OperationRequest {
  const [, operationId, requestNumber] = /^(.+):(\d+)$/.exec(workflowId) ?? []
  if (operationId === undefined || requestNumber === undefined)
    throw new AppError('INTERNAL', 'A stored workflow is not one of ours.', { detail: workflowId })
  return { operationId, requestNumber: Number(requestNumber) }
}
