import type { Command } from 'commander'
import { environmentOf, withListenOptions } from '@/cli/environment-options'
import { AppError } from '@/lib/errors'

/** `understudy demo`: a dashboard of its own with two real hosts of the lab, until Ctrl-C; the next start finds both again. */
export function addDemo(program: Command): void {
  withListenOptions(
    program
      .command('demo')
      .description('run a dashboard with two real hosts on this machine (needs root and Linux)'),
  ).action(async (flags) => {
    const environment = environmentOf(flags, { UNDERSTUDY_DATA_DIR: '/var/lib/understudy-demo' })
    const { canRunLab } = await import('@/lab/requirements')
    const ability = canRunLab()
    if (!ability.ok)
      throw new AppError('PRECONDITION_FAILED', `The demo cannot run here: ${ability.why}.`, {
        fix: 'Run npm start instead and register your own hosts.',
      })
    const [{ runDashboard, say }, { bringUpHosts }] = await Promise.all([
      import('@/cli/run-dashboard'),
      import('@/cli/demo-hosts'),
    ])
    await runDashboard(environment, ['db', 'worker', 'web'], {
      prepare: (dashboard, signal) => bringUpHosts(dashboard.environment, { say, signal }),
    })
  })
}
