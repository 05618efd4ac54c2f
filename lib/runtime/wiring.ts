import { readProfiles } from '@/lib/io/profiles/read-profiles'
import type { Keyring } from '@/lib/io/secrets/keyring'
import { ensureMasterKey } from '@/lib/io/secrets/master-key'
import { type OpenStore, openStore } from '@/lib/io/store/open-store'
import type { AccessProbe, Doors } from '@/lib/ports/host-door'
import type { LoadedProfiles } from '@/lib/profiles/loaded-profiles'
import { createDoors } from '@/lib/runtime/doors'
import { connectionStringOf, type Environment } from '@/lib/runtime/environment'
import { createLogger, type Logger } from '@/lib/runtime/logger'
import { type Clock, systemClock } from '@/lib/time'

export type ProcessName = 'web' | 'worker' | 'launcher' | 'command line'

/** Concrete io behind the ports, the same for every process; what only one of them needs it makes itself. */
export type Wiring = LoadedProfiles & {
  readonly environment: Environment
  /** libpq URL of the store, for the worker's durable execution. */
  readonly connectionString: string
  readonly logger: Logger
  readonly clock: Clock
  readonly keyring: Keyring
  readonly store: OpenStore
  readonly doors: Doors
  readonly access: AccessProbe
  /** Closes doors and store; call it last. */
  close(): Promise<void>
}

/**
 * Opens everything lazily: no connection is made before its first use, so it also works while the store is away. The
 * schema is the launcher's business. Throws SECRET_UNREADABLE, and PROFILE_INVALID for a directory of profiles that can't be read.
 */
export async function createWiring(environment: Environment, process: ProcessName): Promise<Wiring> {
  const isService = process === 'web' || process === 'worker'
  const logger = createLogger({
    process,
    level: environment.logLevel,
    to: isService ? 'stdout' : 'stderr',
  })
  const keyring = await ensureMasterKey(environment.masterKeyFile)
  const loaded = await readProfiles(environment.profileDirectories)
  if (isService)
    for (const { file, sentences } of loaded.profileProblems)
      logger.warn({ file, sentences }, 'a profile can’t be used')
  const connectionString = connectionStringOf(environment)
  const store = openStore({
    connectionString,
    keyring,
    clock: systemClock,
    applicationName: `understudy ${process}`,
    onError: (err) => logger.warn({ err }, 'a connection to the store was lost'),
  })
  const { doors, access } = createDoors({
    readSecret: (hostId) => store.hosts.secret(hostId),
    agentSocket: environment.agentSocket,
  })
  return {
    environment,
    connectionString,
    logger,
    clock: systemClock,
    keyring,
    store,
    doors,
    access,
    ...loaded,
    close: async () => {
      await doors.close()
      await store.close()
    },
  }
}
