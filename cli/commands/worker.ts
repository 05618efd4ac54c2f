import type { Command } from 'commander'
import { environmentOf, withDataOptions } from '@/cli/environment-options'
import { stopSignal, untilAborted } from '@/cli/stop-signal'
import { ensureDataDirectory } from '@/lib/runtime/data-directory'

/** `understudy worker`: watches pairs and runs operations, until it is asked to stop. */
export function addWorker(program: Command): void {
  withDataOptions(
    program.command('worker').description('run only the worker: it watches pairs and runs operations'),
  ).action(async (flags) => {
    const environment = await ensureDataDirectory(environmentOf(flags))
    const signal = stopSignal()
    const { createWiring } = await import('@/lib/runtime/wiring')
    const { startWorker } = await import('@/lib/runtime/worker')
    const wiring = await createWiring(environment, 'worker')
    try {
      const worker = await startWorker(wiring)
      // The launcher waits for this word.
      process.send?.('ready')
      await untilAborted(signal)
      await worker.stop()
    } finally {
      await wiring.close()
    }
    if (process.connected) process.disconnect()
  })
}
