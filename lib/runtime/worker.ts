import { createLeases } from '@/lib/io/store/leases'
import { buildRegistry } from '@/lib/operations/build-registry'
import { createBeginDrill } from '@/lib/runtime/begin-drill'
import { createCleanOwed } from '@/lib/runtime/clean-owed'
import { createClearDrill } from '@/lib/runtime/clear-drill'
import { createEndPause } from '@/lib/runtime/end-pause'
import { createFenceReturned } from '@/lib/runtime/fence-returned'
import { createLetGoLate } from '@/lib/runtime/let-go-late'
import { operationPorts } from '@/lib/runtime/operation-ports'
import { createTakeByHand } from '@/lib/runtime/take-by-hand'
import { createVerbsGround } from '@/lib/runtime/verbs-ground'
import { verifyMasterKey } from '@/lib/runtime/verify-master-key'
import type { Wiring } from '@/lib/runtime/wiring'
import { startWorkerOperations } from '@/lib/runtime/worker-operations'
import { startWatching } from '@/lib/watch/start-watching'

export type Worker = {
  /** Ends within some 2 s; operations that run are left as they are, and the next worker goes on with them. */
  stop(): Promise<void>
}

/**
 * Watches pairs and works on operations until it is stopped. Throws what the store throws when it can't be reached at the start, and SECRET_UNREADABLE;
 * afterwards it outlives the store's absence by itself.
 */
export async function startWorker(wiring: Wiring): Promise<Worker> {
  const { connectionString, store, doors, profiles, clock, logger } = wiring
  await verifyMasterKey(wiring)
  const leases = createLeases({
    connectionString,
    applicationName: 'understudy worker leases',
    onError: (err) => logger.warn({ err }, 'the leases’ connection to the store was lost'),
  })
  const operations = await startWorkerOperations({
    store,
    connectionString,
    registry: buildRegistry(operationPorts(wiring)),
    clock,
    log: logger,
  })
  const ended = new AbortController()
  const ground = createVerbsGround(wiring)
  const onReturn = createFenceReturned(ground, { log: logger, signal: ended.signal })
  const letGoLate = createLetGoLate(ground, logger)
  const cleanOwed = createCleanOwed(ground, { log: logger, signal: ended.signal })
  const clearDrill = createClearDrill(ground, { log: logger, signal: ended.signal })
  const watching = startWatching({
    store,
    doors,
    profiles,
    leases,
    clock,
    onReturn,
    onAnswer: (host) => {
      letGoLate(host)
      cleanOwed(host)
      clearDrill(host)
    },
    onPauseOver: createEndPause(ground, logger),
    onDrillDue: createBeginDrill(ground, logger),
    onPromotedByHand: createTakeByHand(ground, logger),
    warn: (about, message) => logger.warn(about, message),
  })
  logger.info('the worker runs')
  return {
    stop: async () => {
      ended.abort()
      await Promise.all([operations.stop(), watching.stop()])
      await leases.close()
      logger.info('the worker stops')
    },
  }
}
