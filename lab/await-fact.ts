import { setTimeout as delay } from 'node:timers/promises'
import { LabError, refuseWhenStopped } from '@/lab/run-command'

/**
 * Asks `read` again and again until it answers with something, and returns that. Throws LabError after `timeoutMs`,
 * naming `what` was awaited, and LabStopped as soon as `signal` is aborted.
 */
export async function awaitFact<T>(
  what: string,
  read: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  options: { timeoutMs: number; everyMs?: number; signal?: AbortSignal | undefined } = { timeoutMs: 30_000 },
): Promise<T> {
  const deadline = performance.now() + options.timeoutMs
  for (;;) {
    refuseWhenStopped(options.signal)
    const fact = await read()
    if (fact !== null && fact !== undefined && fact !== false) return fact
    if (performance.now() > deadline) throw new LabError(`${what}: not seen within ${options.timeoutMs} ms`)
    await delay(options.everyMs ?? 50)
  }
}
