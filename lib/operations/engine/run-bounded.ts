import { LeftRunning } from '@/lib/operations/engine/ports'

export type Bounds = {
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly timedOut: () => Error
  /** How long a body may take to heed its signal before it is given up. */
  readonly graceMs: number
}

/** The grace where the process is leaving: its launcher gives it 2.5 s in all. */
const leavingGraceMs = 1_500

/** The body was told to stop and did not within its grace: it may still be acting. `cause` is why it was told to. */
export class GivenUp extends Error {}

/**
 * Runs `body` for at most `timeoutMs`. Its signal is aborted with `timedOut()` then, or with the outer signal's reason when that is
 * aborted, and rejects with that reason whatever the body throws after it; a body that finished all the same has
 * finished. Rejects with `GivenUp` when the body does not stop within its grace.
 */
export async function runBounded<T>(bounds: Bounds, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  bounds.signal.throwIfAborted()
  const controller = new AbortController()
  const { signal } = controller
  let graceTimer: NodeJS.Timeout | undefined
  const givenUp = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      const isLeaving = signal.reason instanceof LeftRunning
      const graceMs = isLeaving ? Math.min(leavingGraceMs, bounds.graceMs) : bounds.graceMs
      graceTimer = setTimeout(() => reject(new GivenUp('', { cause: signal.reason })), graceMs)
    })
  })
  const handleOuterAbort = () => controller.abort(bounds.signal.reason)
  bounds.signal.addEventListener('abort', handleOuterAbort, { once: true })
  const timer = setTimeout(() => controller.abort(bounds.timedOut()), bounds.timeoutMs)
  try {
    return await Promise.race([body(signal), givenUp])
  } catch (error) {
    throw signal.aborted && !(error instanceof GivenUp) ? signal.reason : error
  } finally {
    clearTimeout(timer)
    clearTimeout(graceTimer)
    bounds.signal.removeEventListener('abort', handleOuterAbort)
  }
}
