import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@/lib/time'

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

/**
 * As {@link awaitFact}, until `read` says yes or `waitMs` are over by the clock; which of both it was is for the step's
 * `verify` to see. It asks at least once.
 */
export async function awaitFactFor(
  { signal, everyMs, waitMs, clock }: { signal: AbortSignal; everyMs: number; waitMs: number; clock: Clock },
  read: () => Promise<boolean>,
): Promise<void> {
  const until = clock.now().getTime() + waitMs
  await awaitFact({ signal, everyMs }, async () =>
    (await read()) || clock.now().getTime() > until ? true : null,
  )
}
