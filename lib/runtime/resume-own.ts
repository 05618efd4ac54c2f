import type { Operation, OperationId, OperationKind } from '@/lib/domain/operation'
import type { ServiceContext } from '@/lib/services/context'
import { askOfOperation } from '@/lib/services/operations/ask-of-operation'

/** How often one that stands is resumed by itself: what fails for longer needs somebody. */
const resumesMax = 5

/**
 * Resumes an operation that Understudy itself began on a pair, where that failed or lost its worker; false where there is none. One that an
 * operator cancelled is theirs.
 */
export function createResumeOwn(
  context: ServiceContext,
  { kind: wanted, reason }: { kind: OperationKind; reason: string },
): (slug: string) => Promise<boolean> {
  const isOwn = ({ kind, state, startedBy }: Operation): boolean =>
    kind === wanted && startedBy === context.actor.name && (state === 'failed' || state === 'interrupted')
  const resumes = new Map<OperationId, number>()
  return async (slug) => {
    const pair = await context.store.pairs.findBySlug(slug)
    const operation = pair && (await context.store.operations.current(pair.id))
    if (!operation || !isOwn(operation)) return false
    const count = resumes.get(operation.id) ?? 0
    if (count === resumesMax) return true
    resumes.set(operation.id, count + 1)
    await askOfOperation(context, { operationId: operation.id, verb: 'resume', reason })
    return true
  }
}
