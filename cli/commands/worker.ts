import type { Command } from 'commander'
import { environmentOf, withDataOptions } from '@/cli/environment-options'
import { stopSignal, untilAborted } from '@/cli/stop-signal'
import { ensureDataDirectory } from '@/lib/runtime/data-directory'
import { createWiring } from '@/lib/runtime/wiring'
import { startWorker } from '@/lib/runtime/worker'

/** `understudy worker`: watches pairs and runs operations, until it is asked to stop. */
export function addWorker(command: Command): void {
  withDataOptions(command).action(async (flags) => {
    const environment = await ensureDataDirectory(environmentOf(flags))
    const signal = stopSignal()
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
