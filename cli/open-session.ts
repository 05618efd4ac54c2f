import { access } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { environmentOf } from '@/cli/environment-options'
import { AppError } from '@/lib/errors'
import { ensureDataDirectory } from '@/lib/runtime/data-directory'
import type { Environment } from '@/lib/runtime/environment'
import { createVerbsGround } from '@/lib/runtime/verbs-ground'
import { verifyMasterKey } from '@/lib/runtime/verify-master-key'
import { createWiring } from '@/lib/runtime/wiring'
import type { ServiceContext } from '@/lib/services/context'

export type Flags = Parameters<typeof environmentOf>[0]

/** What a command works with: the verbs' context as whoever owns the store, and where that store is. */
export type Session = { readonly context: ServiceContext; readonly environment: Environment }

/**
 * Opens the dashboard's own store, runs `body` and closes all again. It never makes a store: throws STORE_UNAVAILABLE where
 * there is none, so that a wrong data directory is noticed; SECRET_UNREADABLE where the store has another
 * master key.
 */
export async function withSession<T>(flags: Flags, body: (session: Session) => Promise<T>): Promise<T> {
  const environment = await findDashboard(environmentOf(flags, { UNDERSTUDY_LOG_LEVEL: 'error' }))
  const wiring = await createWiring(environment, 'command line')
  const name = userInfo().username
  const context: ServiceContext = {
    ...createVerbsGround(wiring),
    actor: { kind: 'cli', name, role: 'administrator' },
    origin: 'command line',
  }
  try {
    await verifyMasterKey(wiring)
    return await body({ context, environment })
  } finally {
    await wiring.close()
  }
}

async function findDashboard(environment: Environment): Promise<Environment> {
  try {
    await access(environment.masterKeyFile)
  } catch (cause) {
    throw new AppError(
      'STORE_UNAVAILABLE',
      `There is no dashboard in ${environment.dataDirectory} that this user can read.`,
      { fix: 'Name its data directory with --data-dir, or start one with “understudy start”.', cause },
    )
  }
  return ensureDataDirectory(environment)
}
