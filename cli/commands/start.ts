import type { Command } from 'commander'
import { environmentOf, withListenOptions } from '@/cli/environment-options'

/** `understudy start`: store, worker and web, until Ctrl-C. */
export function addStart(program: Command): void {
  withListenOptions(
    program
      .command('start')
      .description('run the dashboard: its store (unless DATABASE_URL is set), its worker and its pages'),
  ).action(async (flags) => {
    const environment = environmentOf(flags)
    const { runDashboard } = await import('@/cli/run-dashboard')
    await runDashboard(environment, ['db', 'worker', 'web'])
  })
}
