import type { Pair } from '@/lib/domain/pair'
import type { PlanGround } from '@/lib/ports/planners'
import type { StoredObservation } from '@/lib/ports/store'
import type { ServiceContext } from '@/lib/services/context'
import { findHosts, findPair, findProfile } from '@/lib/services/find-or-throw'

/** What an operation on a pair is planned on. Throws NOT_FOUND and PROFILE_INVALID. */
export async function pairGround(
  context: ServiceContext,
  slug: string,
): Promise<PlanGround & { pair: Pair; latest: StoredObservation | null }> {
  const pair = await findPair(context.store, slug)
  const [hosts, latest] = await Promise.all([
    findHosts(context.store, pair.hosts),
    context.store.observations.latest(pair.id),
  ])
  return { pair, hosts, profile: findProfile(context, pair.profileId), latest }
}
