import type { Command } from 'commander'
import { environmentOf, withListenOptions } from '@/cli/environment-options'

/** `understudy web`: the pages and the API alone. */
export function addWeb(program: Command): void {
  withListenOptions(
    program.command('web').description('run only the pages and the API, on a store that is there'),
  ).action(async (flags) => {
    const environment = environmentOf(flags)
    const { runDashboard } = await import('@/cli/run-dashboard')
    await runDashboard(environment, ['web'])
  })
}
