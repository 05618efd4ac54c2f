import type { OperationId, OperationKind } from '@/lib/domain/operation'
import type { ServiceContext } from '@/lib/services/context'
import { askOfOperation } from '@/lib/services/operations/ask-of-operation'

/** How often one that stands is resumed by itself, a minute apart: what fails for longer needs somebody. */
const resumesMax = 5

/**
 * Resumes an operation of this kind that was begun by the context's own name, where that failed or lost its worker; false where there
 * is none. One that an operator cancelled is theirs.
 */
export function createResumeOwn(
  context: ServiceContext,
  { kind, reason }: { readonly kind: OperationKind; readonly reason: string },
): (slug: string) => Promise<boolean> {
  const resumes = new Map<OperationId, number>()
  return async (slug) => {
    const pair = await context.store.pairs.findBySlug(slug)
    const operation = pair && (await context.store.operations.current(pair.id))
    const stands = operation?.state === 'failed' || operation?.state === 'interrupted'
    if (!operation || !stands || operation.kind !== kind || operation.startedBy !== context.actor.name)
      return false
    const count = resumes.get(operation.id) ?? 0
    if (count === resumesMax) return true
    resumes.set(operation.id, count + 1)
    await askOfOperation(context, { operationId: operation.id, verb: 'resume', reason })
    return true
  }
}
