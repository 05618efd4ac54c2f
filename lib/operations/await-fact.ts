import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks `read` until it answers something other than null, with `everyMs` between two questions. Rejects with the signal's
 * reason when that is aborted: cancel, time-out of the step or shutdown. What `read` throws is thrown.
 */
export async function awaitFact<T>(
  { signal, everyMs }: { signal: AbortSignal; everyMs: number },
  read: () => Promise<T | null>,
): Promise<T> {
  for (;;) {
    signal.throwIfAborted()
    const found = await read()
    if (found !== null) return found
    await sleep(everyMs, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}
