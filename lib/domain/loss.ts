import type { Lsn } from '@/lib/domain/lsn'
import type { Instant } from '@/lib/domain/observation'

/** What a promotion now would lose. */
export type LossStatement = {
  readonly database: {
    /** Upper bound known, null when the primary was never seen. */
    readonly walBytes: number | null
    /** Seconds of writes; null when it can't be known. */
    readonly seconds: number | null
    readonly lastReplayedCommitAt: Instant | null
    readonly primaryLsn: Lsn | null
    /** Age of that knowledge, seconds. */
    readonly primaryLsnAgeSeconds: number | null
    /** False while the primary still writes unseen (it does not answer us): the figures are then "at least". */
    readonly isUpperBound: boolean
  }
  readonly directories: readonly {
    readonly id: string
    readonly title: string
    /** Age of the last good sync's start, seconds; null when there was none. */
    readonly ageSeconds: number | null
  }[]
  /** The whole in one sentence. */
  readonly sentence: string
}
