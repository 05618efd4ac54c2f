import type { Operation, OperationKind } from '@/lib/domain/operation'
import type { OpenedOperation } from '@/lib/operations/engine/opened-operation'

/** What the worker has to know of a kind of operation. */
export type OperationKindDefinition = {
  /**
   * How long, in ms, a worker may be away for the operation to go on by itself: a request that waited longer, or an operation whose
   * worker was silent for longer, stands as interrupted until an operator decides.
   */
  readonly silentMsMax: number
  /**
   * The steps of its stored plan with what they act on. Throws AppError where that can't be had (a host is gone from the
   * store, a secret can't be read): the operation then fails with that sentence.
   */
  open(operation: Operation): Promise<OpenedOperation>
}

export type OperationRegistry = Readonly<Record<OperationKind, OperationKindDefinition>>
