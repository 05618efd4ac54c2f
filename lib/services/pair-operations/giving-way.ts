import { type GivingWay, gaveWayReason, givingWay } from '@/lib/domain/giving-way'
import type { PairId } from '@/lib/domain/pair'
import { type PairOperationKind, takesOver } from '@/lib/domain/pair-operations'
import type { Repositories } from '@/lib/ports/store'
import type { ServiceContext } from '@/lib/services/context'

type Operations = Pick<Repositories, 'operations'>

/** The promotion that holds the pair and gives way to an operation of this kind; null where none does. */
export async function findGivingWay(
  { operations }: Operations,
  pairId: PairId,
  kind: PairOperationKind,
): Promise<GivingWay | null> {
  if (!takesOver(kind)) return null
  const operation = await operations.current(pairId)
  return operation && givingWay(operation, await operations.events(operation.id))
}

/**
 * Closes it, within the transaction that starts what it gives way to, and says so in the audit; returns what it closed. Whether it gives way
 * is decided anew: one that somebody has resumed meanwhile keeps the pair.
 */
export async function closeGivingWay(
  { actor, origin }: Pick<ServiceContext, 'actor' | 'origin'>,
  repositories: Repositories,
  pairId: PairId,
  kind: PairOperationKind,
): Promise<readonly GivingWay[]> {
  const found = await findGivingWay(repositories, pairId, kind)
  if (!found) return []
  const closed = { type: 'operation.closed', by: actor.name, why: gaveWayReason } as const
  await repositories.operations.append(found.operationId, closed)
  await repositories.audit.append({
    actor: actor.name,
    origin,
    action: 'operation.close',
    subject: found.operationId,
    outcome: 'done',
    detail: gaveWayReason,
  })
  return [found]
}
