import type { Pair } from '@/lib/domain/pair'
import { isOver } from '@/lib/domain/pause'

/** How often a pause that lasts beyond its end is told again. */
const againMs = 10_000

/**
 * Tells that the time of a pair's pause is over, by the clock and the pair's own record: so a worker that was away, or began just now, tells it
 * all the same. While its standby does not answer nobody is told; as soon as it does, at once.
 */
export class PauseTeller {
  #toldAtMs: number | null = null

  constructor(private readonly tell: ((slug: string, pauseId: string) => void) | undefined) {}

  /** What a look has seen. `nowMs` by the dashboard's clock. */
  see({ slug, pause, isPaired }: Pair, answers: boolean, nowMs: number): void {
    if (!pause || !isPaired || !answers || !isOver(pause, nowMs)) {
      this.#toldAtMs = null
      return
    }
    // A clock that was set back must not keep it silent.
    if (this.#toldAtMs !== null && Math.abs(nowMs - this.#toldAtMs) < againMs) return
    this.#toldAtMs = nowMs
    this.tell?.(slug, `${pause.operationId} ${pause.until}`)
  }
}
