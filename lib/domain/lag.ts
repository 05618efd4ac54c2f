import { type Lsn, lsnToBytes } from '@/lib/domain/lsn'
import type { LsnHistory } from '@/lib/domain/lsn-history'
import { passedAtMs } from '@/lib/domain/lsn-history'
import type { Instant } from '@/lib/domain/observation'

/** A distance behind the primary; null where it can't be known. */
export type Distance = { readonly bytes: number | null; readonly seconds: number | null }

export type LagEstimate = {
  /** WAL that the primary has and the standby has not received. */
  readonly receive: Distance
  /** WAL that the primary has and the standby has not replayed. */
  readonly replay: Distance
  /** The primary's last known position and when it was read, by the dashboard's clock. */
  readonly primaryLsn: Lsn | null
  readonly primaryLsnAt: Instant | null
  /** Why something above is null; empty when nothing is. */
  readonly unknownBecause: string
}

export type LagInput = {
  /** The primary's positions by the dashboard's clock. */
  readonly primary: LsnHistory
  /** The standby's positions; null when they have never been read. */
  readonly received: Lsn | null
  readonly replayed: Lsn | null
  /** Commit time of the last transaction replayed, already by the dashboard's clock, milliseconds. */
  readonly replayedCommitAtMs: number | null
}

const nothing: Distance = { bytes: null, seconds: null }

/**
 * How far the standby is behind the primary's last known position. Seconds are counted on the dashboard's own clock,
 * from the moment when the primary first was past the standby's position to the moment when the primary's position was
 * last read: they are 0 when nothing is missing, go on growing while the WAL receiver is down, stop with a primary that
 * can't be read any more (its age is `primaryLsnAt`), and depend on no host's clock. Where the history does not reach
 * back that far, the commit time of the last transaction replayed stands in for that moment: an upper bound.
 */
export function estimateLag(input: LagInput): LagEstimate {
  const last = input.primary.at(-1)
  if (!last)
    return {
      receive: nothing,
      replay: nothing,
      primaryLsn: null,
      primaryLsnAt: null,
      unknownBecause: 'The primary’s position has not been read yet.',
    }
  // After a restart of the receiver it counts from the start of a segment: what is replayed has been received.
  const received = laterOf(input.received, input.replayed)
  const receive = distanceOf(input, received)
  const replay = distanceOf(input, input.replayed)
  return {
    receive,
    replay,
    primaryLsn: last.lsn,
    primaryLsnAt: new Date(last.atMs).toISOString(),
    unknownBecause: unknownBecause(receive, replay),
  }
}

export function laterOf(one: Lsn | null, other: Lsn | null): Lsn | null {
  if (one === null || other === null) return one ?? other
  return lsnToBytes(one) >= lsnToBytes(other) ? one : other
}

function distanceOf({ primary, replayedCommitAtMs }: LagInput, position: Lsn | null): Distance {
  const last = primary.at(-1)
  if (!last || position === null) return nothing
  const positionBytes = Number(lsnToBytes(position))
  const bytes = Math.max(0, last.lsnBytes - positionBytes)
  if (bytes === 0) return { bytes: 0, seconds: 0 }
  const passed = passedAtMs(primary, positionBytes, replayedCommitAtMs)
  return { bytes, seconds: passed === null ? null : Math.max(0, (last.atMs - passed) / 1000) }
}

function unknownBecause(receive: Distance, replay: Distance): string {
  if (receive.bytes === null || replay.bytes === null) return 'The standby’s position has not been read yet.'
  if (receive.seconds === null || replay.seconds === null)
    return 'The primary had passed the standby’s position before it was first read, so that the seconds cannot be told.'
  return ''
}
