import type { Command } from 'commander'
import { environmentOf, withListenOptions } from '@/cli/environment-options'
import { runDashboard } from '@/cli/run-dashboard'

/** `understudy start`: store, worker and web, until Ctrl-C. */
export function addStart(command: Command): void {
  withListenOptions(command).action(async (flags) => {
    const environment = environmentOf(flags)
    await runDashboard(environment, ['db', 'worker', 'web'])
  })
}
