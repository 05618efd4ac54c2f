import { dueDrill } from '@/lib/domain/drill-schedule'
import type { Instant } from '@/lib/domain/observation'
import type { Pair } from '@/lib/domain/pair'
import type { PairState } from '@/lib/domain/states'

/** How often it is looked whether a drill is due, and one that could not begin is told again. */
const againMs = 60_000

/**
 * Tells that a drill of a pair is due, by the clock and the pair's own schedule: nothing is kept between two looks, so a worker that was away or
 * began just now tells it all the same, and what was missed is not piled up. Only while the pair is protected and nothing else runs.
 */
export class DrillTeller {
  #lookedAtMs: number | null = null

  constructor(private readonly tell: ((slug: string, dueAt: Instant) => void) | undefined) {}

  /** What a look has seen. `nowMs` by the dashboard's clock. */
  see({ slug, drillSchedule, isPaired }: Pair, state: PairState, isFree: boolean, nowMs: number): void {
    if (!drillSchedule || !isPaired || !isFree || state !== 'protected') {
      this.#lookedAtMs = null
      return
    }
    // A clock that was set back must not keep it silent.
    if (this.#lookedAtMs !== null && Math.abs(nowMs - this.#lookedAtMs) < againMs) return
    this.#lookedAtMs = nowMs
    const dueAt = dueDrill(drillSchedule, nowMs)
    if (dueAt !== null) this.tell?.(slug, dueAt)
  }
}
