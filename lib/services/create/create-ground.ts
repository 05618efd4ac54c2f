import type { FoundInput } from '@/lib/domain/inputs'
import { AppError } from '@/lib/errors'
import type { PlanGround } from '@/lib/ports/planners'
import type { ServiceContext } from '@/lib/services/context'
import { findHosts, findProfile } from '@/lib/services/find-or-throw'

/**
 * The profile and both hosts that a pair is to be made of. Throws PROFILE_INVALID, NOT_FOUND, and CONFLICT where one
 * of the hosts is part of a pair that replicates.
 */
export async function createGround(
  context: ServiceContext,
  { profileId, hosts: ids }: Pick<FoundInput, 'profileId' | 'hosts'>,
): Promise<PlanGround> {
  const profile = findProfile(context, profileId)
  const hosts = await findHosts(context.store, ids)
  const taken = (await context.store.pairs.list()).find(
    (pair) =>
      pair.isPaired &&
      [pair.hosts.primary, pair.hosts.standby].some((id) => id === ids.primary || id === ids.standby),
  )
  if (taken)
    throw new AppError('CONFLICT', `One of these hosts is part of the pair “${taken.slug}” already.`, {
      fix: 'Choose hosts that are in no pair.',
    })
  return { profile, hosts }
}
