import type { Wiring } from '@/lib/runtime/wiring'

export type Worker = { stop(): Promise<void> }

/** Watches pairs and runs operations until it is stopped. */
export async function startWorker({ logger }: Wiring): Promise<Worker> {
  logger.info('the worker runs')
  return { stop: async () => logger.info('the worker stops') }
}
