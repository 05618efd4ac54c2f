import type { Command } from 'commander'
import { environmentOf, withListenOptions } from '@/cli/environment-options'
import { runDashboard } from '@/cli/run-dashboard'

/** `understudy web`: the pages and the API alone. */
export function addWeb(command: Command): void {
  withListenOptions(command).action(async (flags) => {
    const environment = environmentOf(flags)
    await runDashboard(environment, ['web'])
  })
}
