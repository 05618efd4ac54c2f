import { type OperationOutcome, operationOutcome } from '@/lib/domain/operation-state'
import { operationWords } from '@/lib/domain/operation-words'
import type { OperationView } from '@/lib/domain/views'

/** How a success is said that is not all that was hoped for. */
const outcomeWords: Readonly<Record<OperationOutcome, string>> = {
  complete: operationWords.succeeded,
  'not-reattached': 'succeeded, but the old primary is not attached again',
  finding: 'went to its end: what it tried failed',
  'gave-way': 'went to its end: it gave way to replication',
}

/**
 * `operationWords` of one operation: a success that left something undone is said as what it is. Apart from those, so that a page
 * that names operations need not load what reads their events.
 */
export const endWords = ({ operation, events }: Pick<OperationView, 'operation' | 'events'>): string =>
  operation.state === 'succeeded'
    ? outcomeWords[operationOutcome(operation.plan, events)]
    : operationWords[operation.state]
