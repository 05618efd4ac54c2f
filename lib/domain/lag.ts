import type { Lsn } from '@/lib/domain/lsn'
import type { Instant } from '@/lib/domain/observation'

/** Primary's position at an instant of the dashboard's own clock. */
export type LsnSample = { readonly at: Instant; readonly lsn: Lsn }

/** A distance behind the primary; null where it can't be known. */
export type Distance = { readonly bytes: number | null; readonly seconds: number | null }

export type LagEstimate = {
  /** WAL that the primary has and the standby has not received. */
  readonly receive: Distance
  /** WAL that the primary has and the standby has not replayed. */
  readonly replay: Distance
  /** The primary's last known position and when it was read. */
  readonly primaryLsn: Lsn | null
  readonly primaryLsnAt: Instant | null
  /** Why something above is null; empty when nothing is. */
  readonly unknownBecause: string
}
