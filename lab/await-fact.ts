import { setTimeout as delay } from 'node:timers/promises'
import { LabError } from '@/lab/run-command'

/**
 * Asks `read` again and again until it answers with something, and returns that. Throws LabError after `timeoutMs`,
 * naming `what` was awaited.
 */
export async function awaitFact<T>(
  what: string,
  read: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  options: { timeoutMs: number; everyMs?: number } = { timeoutMs: 30_000 },
): Promise<T> {
  const deadline = performance.now() + options.timeoutMs
  for (;;) {
    const fact = await read()
    if (fact !== null && fact !== undefined && fact !== false) return fact
    if (performance.now() > deadline) throw new LabError(`${what}: not seen within ${options.timeoutMs} ms`)
    await delay(options.everyMs ?? 50)
  }
}
