import type { OperationEvent, OperationId, RecordedEvent } from '@/lib/domain/operation'

/** Where an operation's events are written and read; the store implements it. */
export type OperationRecord = {
  /** Appends and notifies; throws CONFLICT when the transition function refuses the event. */
  append(operationId: OperationId, event: OperationEvent): Promise<void>
  events(operationId: OperationId): Promise<readonly RecordedEvent[]>
}

/**
 * Durable execution; `lib/io/dbos` implements it. A checkpoint named `name` that has completed in this workflow is not
 * run again after a crash, its stored result is returned.
 */
export type Durable = {
  checkpoint<T>(name: string, body: () => Promise<T>): Promise<T>
  /** Aborted when the operation is cancelled or the process is shutting down. */
  readonly signal: AbortSignal
}
