/**
 * Runs a job for a key, never two of the same key at once, and not more often than once in `intervalMs`. Calls while it
 * runs or waits are one more run, so the last call is always followed by a run that began after it.
 */
export function createLatestRunner(options: {
  readonly run: (key: string) => Promise<void>
  readonly intervalMs: number
  readonly onError: (error: unknown) => void
}): { request(key: string): void; close(): void } {
  const { run, intervalMs, onError } = options
  const active = new Map<string, { again: boolean }>()
  const timers = new Set<NodeJS.Timeout>()
  let closed = false

  async function work(key: string, entry: { again: boolean }): Promise<void> {
    const startedAt = performance.now()
    await run(key).catch(onError)
    const waitMs = Math.max(0, intervalMs - (performance.now() - startedAt))
    const timer = setTimeout(() => {
      timers.delete(timer)
      if (!entry.again) active.delete(key)
      else {
        entry.again = false
        void work(key, entry)
      }
    }, waitMs)
    timers.add(timer)
    if (closed) clear()
  }

  function clear(): void {
    for (const timer of timers) clearTimeout(timer)
    timers.clear()
  }

  return {
    request(key) {
      if (closed) return
      const entry = active.get(key)
      if (entry) {
        entry.again = true
        return
      }
      const fresh = { again: false }
      active.set(key, fresh)
      void work(key, fresh)
    },
    close() {
      closed = true
      clear()
    },
  }
}
