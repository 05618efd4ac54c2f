/**
 * Aborted when this process is asked to stop: Ctrl-C, SIGTERM, a closed terminal, or the end of the launcher that it
 * belongs to. Asked a second time it ends at once: what then must not be left running hears of it by the process's `exit`.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController()
  const ask = () => {
    if (controller.signal.aborted) process.exit(1)
    controller.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
  if (process.send) process.once('disconnect', ask)
  return controller.signal
}

/** Resolves when `signal` is aborted; keeps the process alive until then. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, 60_000)
    const end = () => {
      clearInterval(alive)
      resolve()
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
