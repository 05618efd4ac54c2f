import type { Command } from 'commander'
import { environmentOf, withDataOptions } from '@/cli/environment-options'
import { runDashboard, say } from '@/cli/run-dashboard'
import { AppError } from '@/lib/errors'
import { connectionStringOf } from '@/lib/runtime/environment'

/** `understudy db`: the embedded store alone. */
export function addDb(command: Command): void {
  withDataOptions(command).action(async (flags) => {
    const environment = environmentOf(flags)
    if (environment.databaseUrl !== null)
      throw new AppError('INVALID_INPUT', 'DATABASE_URL is set: the store is there already.', {
        fix: 'Unset it to use the embedded store.',
      })
    await runDashboard(environment, ['db'], {
      prepare: async (dashboard) => {
        say(`The store is at ${connectionStringOf(dashboard.environment)}`)
        return async () => undefined
      },
    })
  })
}
