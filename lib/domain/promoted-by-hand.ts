import type { Host } from '@/lib/domain/host'
import type { Instant, Observation } from '@/lib/domain/observation'
import type { Pair } from '@/lib/domain/pair'

/** What the break-glass script left on the host that it promoted. */
export type PromotedByHand = {
  readonly at: Instant
  readonly by: string
  readonly reason: string
  /** Timeline and position at that time, or `files`. */
  readonly promoted: string
}

/**
 * Whether the pair's standby was promoted by its kit, and serves, while the pair's record does not know it yet: then its roles are to be
 * exchanged. Null where nothing of the kind is seen; a host that only carries an old record does not serve, and a look at hosts in other
 * roles than they have now tells nothing.
 */
export function unknownPromotion(
  pair: Pick<Pair, 'isPaired' | 'scope'>,
  host: Pick<Host, 'machineId'>,
  { hosts: { standby } }: Observation,
): PromotedByHand | null {
  if (!pair.isPaired || !standby.machine.seen || standby.machine.value.machineId !== host.machineId)
    return null
  const { promotedByHand = null, fileRole } = standby.machine.value
  const serves = pair.scope.database
    ? standby.server.seen && !standby.server.value.inRecovery
    : fileRole === 'primary'
  return serves ? promotedByHand : null
}
