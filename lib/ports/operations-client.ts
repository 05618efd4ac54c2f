import type { OperationId } from '@/lib/domain/operation'

/**
 * The way from web and command line to the worker. Calls are made after the store's transaction has committed; they are
 * idempotent, and the worker picks up by itself what is `queued` in the store but was never enqueued.
 */
export type OperationsClient = {
  enqueue(operationId: OperationId, mode: 'run' | 'resume' | 'undo'): Promise<void>
  /** Asks the running operation to stop; it is cancelled when its event says so. */
  cancel(operationId: OperationId): Promise<void>
}
