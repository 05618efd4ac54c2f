import type { HostRightsInput } from '@/lib/domain/inputs'
import type { Pair } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import type { RightsOf } from '@/lib/operations/rights/read-rights'
import type { ServiceContext } from '@/lib/services/context'
import { findHost, findPair, findProfile } from '@/lib/services/find-or-throw'

/** The host, its pair as it is or will be, and the other host. Throws NOT_FOUND, INVALID_INPUT, PROFILE_INVALID. */
export async function rightsGround(context: ServiceContext, input: HostRightsInput): Promise<RightsOf> {
  const { store, doors } = context
  const pair: RightsOf['pair'] & Pick<Pair, 'hosts'> =
    'create' in input
      ? input.create
      : { ...(await findPair(store, input.slug)), ...(input.wanted && { wanted: input.wanted }) }
  const { primary, standby } = pair.hosts
  if (input.hostId !== primary && input.hostId !== standby)
    throw new AppError('INVALID_INPUT', `This host is not part of the pair ${pair.slug}.`, {
      fix: 'Choose one of its two hosts.',
    })
  const host = await findHost(store, input.hostId)
  const peer = await findHost(store, input.hostId === primary ? standby : primary)
  const profile = findProfile(context, pair.profileId)
  return { door: doors.door(host, profile.postgres.osUser), host, peer, pair, profile }
}
