import type { OperationEvent, OperationId, RecordedEvent } from '@/lib/domain/operation'

/** Where an operation's events are written and read; the store's `OperationRepository` is one. */
export type OperationRecord = {
  /**
   * Appends and notifies; throws CONFLICT when the transition function refuses the event, or when `startSeq` is given and
   * a later `operation.started` than that one is in the record: then another worker has taken the operation over.
   */
  append(operationId: OperationId, event: OperationEvent, startSeq?: number): Promise<RecordedEvent>
  events(operationId: OperationId): Promise<readonly RecordedEvent[]>
}

/**
 * Durable execution; `lib/io/dbos` implements it. A checkpoint named `name` that has completed in this workflow is not
 * run again after a crash, its stored result (JSON) is returned. Checkpoints are asked for in the same order every time.
 */
export type Durable = {
  checkpoint<T>(name: string, body: () => Promise<T>): Promise<T>
  /** Aborted with AppError CANCELLED when someone asked for that, with `LeftRunning` when this process lets go of it. */
  readonly signal: AbortSignal
}

/**
 * Thrown when this process must let go of an operation without ending it: it shuts down, lost the store, or another
 * worker has it. Nothing more is written; the operation goes on wherever it is taken up next.
 */
export class LeftRunning extends Error {
  constructor(why: string, cause?: unknown) {
    super(why, { cause })
    this.name = 'LeftRunning'
  }
}
