import type { PairOperationKind } from '@/lib/domain/pair-operations'
import type { PairPlanGround } from '@/lib/ports/planners'
import type { ServiceContext } from '@/lib/services/context'
import { findHosts, findPair, findProfile } from '@/lib/services/find-or-throw'
import { findGivingWay } from '@/lib/services/pair-operations/giving-way'

/** What an operation on a pair is planned on. Throws NOT_FOUND and PROFILE_INVALID. */
export async function pairGround(
  context: ServiceContext,
  slug: string,
  operation: PairOperationKind,
): Promise<Omit<PairPlanGround, 'operationId' | 'shown'>> {
  const pair = await findPair(context.store, slug)
  const [hosts, latest, givingWay] = await Promise.all([
    findHosts(context.store, pair.hosts),
    context.store.observations.latest(pair.id),
    findGivingWay(context.store, pair.id, operation),
  ])
  return { pair, hosts, profile: findProfile(context, pair.profileId), latest, givingWay }
}
