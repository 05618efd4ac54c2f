import type { Command } from 'commander'
import { bringUpHosts } from '@/cli/demo-hosts'
import { environmentOf, withListenOptions } from '@/cli/environment-options'
import { runDashboard, say } from '@/cli/run-dashboard'
import { canRunLab } from '@/lab/requirements'
import { AppError } from '@/lib/errors'

/** `understudy demo`: a dashboard of its own with two real hosts of the lab, until Ctrl-C; the next start finds both again. */
export function addDemo(command: Command): void {
  withListenOptions(command).action(async (flags) => {
    const environment = environmentOf(flags, { UNDERSTUDY_DATA_DIR: '/var/lib/understudy-demo' })
    const ability = canRunLab()
    if (!ability.ok)
      throw new AppError('PRECONDITION_FAILED', `The demo cannot run here: ${ability.why}.`, {
        fix: 'Run npm start instead and register your own hosts.',
      })
    await runDashboard(environment, ['db', 'worker', 'web'], {
      prepare: (dashboard, signal) => bringUpHosts(dashboard.environment, { say, signal }),
    })
  })
}
