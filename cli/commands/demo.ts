import { type Command, Option } from 'commander'
import { bringUpHosts } from '@/cli/demo-hosts'
import { environmentOf, withListenOptions } from '@/cli/environment-options'
import { runDashboard, say } from '@/cli/run-dashboard'
import { type LayoutName, layouts } from '@/lab/layouts'
import { canRunLab } from '@/lab/requirements'
import { AppError } from '@/lib/errors'

/** `understudy demo`: a dashboard of its own with two real hosts of the lab, until Ctrl-C; the next start finds both again. */
export function addDemo(command: Command): void {
  const layoutOption = new Option('--layout <layout>', 'how the application lies on the two hosts')
    .choices(Object.keys(layouts))
    .default('debian')
  withListenOptions(command)
    .addOption(layoutOption)
    .action((flags) => runDemo(flags))
}

/** Each layout has a store and hosts of its own, so that one demo finds its own again. */
const directoryOf = (layout: LayoutName) =>
  layout === 'debian' ? '/var/lib/understudy-demo' : `/var/lib/understudy-demo-${layout}`

async function runDemo(flags: Parameters<typeof environmentOf>[0] & { layout: LayoutName }): Promise<void> {
  const { layout } = flags
  const environment = environmentOf(flags, { UNDERSTUDY_DATA_DIR: directoryOf(layout) })
  const ability = canRunLab()
  if (!ability.ok)
    throw new AppError('PRECONDITION_FAILED', `The demo cannot run here: ${ability.why}.`, {
      fix: 'Run npm start instead and register your own hosts.',
    })
  await runDashboard(environment, ['db', 'worker', 'web'], {
    prepare: (dashboard, signal) => bringUpHosts(dashboard.environment, { layout, say, signal }),
  })
}
