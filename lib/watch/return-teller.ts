/** How often a return that lasts is told again. */
const againMs = 60_000

/**
 * Tells that a former primary came back: at once when it is seen, and again each minute while it lasts, because whatever kept it from
 * being fenced may have been mended meanwhile.
 */
export class ReturnTeller {
  #told: { readonly returnId: string; readonly atMs: number } | null = null

  constructor(private readonly tell: ((slug: string, returnId: string) => void) | undefined) {}

  /** What a look has seen; null where nobody came back. `nowMs` by a clock that is never set. */
  see(slug: string, returnId: string | null, nowMs: number): void {
    if (returnId === null) return
    if (this.#told?.returnId === returnId && nowMs - this.#told.atMs < againMs) return
    this.#told = { returnId, atMs: nowMs }
    this.tell?.(slug, returnId)
  }
}
