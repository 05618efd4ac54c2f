import { createAuth } from '@/lib/auth/create-auth'
import { authDatabase } from '@/lib/auth/session-store'
import { readEnvironment } from '@/lib/runtime/environment'
import { closeStreams } from '@/lib/runtime/streams'
import { createVerbsGround } from '@/lib/runtime/verbs-ground'
import { provideWebWiring, type WebWiring } from '@/lib/runtime/web-wiring'
import { createWiring } from '@/lib/runtime/wiring'
import { LiveViews } from '@/lib/services/live/live-views'

const endWithinMs = 2_000

async function makeWebWiring(): Promise<WebWiring> {
  const wiring = await createWiring(readEnvironment(), 'web')
  const { environment, keyring, store, logger } = wiring
  const logError = (err: unknown, where: string) =>
    logger.error({ err, where }, 'an error that was not expected')
  const ground = createVerbsGround(wiring)
  return {
    ground,
    auth: createAuth({
      store,
      database: authDatabase(store.auth.database, store.auth.schema),
      secret: keyring.derive('session cookies').toString('base64url'),
      publicUrl: environment.publicUrl,
    }),
    liveViews: new LiveViews(ground, (error) => logError(error, 'live views')),
    logError,
  }
}

/**
 * Says how this process is wired, and how it ends: Next waits for every open answer, and an event stream never ends by
 * itself, so they are closed when Next is told to stop, and all the same when the launcher is gone. Whatever still hangs
 * then does not keep the process.
 */
export function prepareWebProcess(): void {
  provideWebWiring(makeWebWiring)
  const end = () => {
    closeStreams()
    setTimeout(() => process.exit(0), endWithinMs).unref()
  }
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
}
