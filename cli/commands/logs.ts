import { type Command, InvalidArgumentError } from 'commander'
import { findSlug } from '@/cli/commands/plan-flags'
import { withDataOptions } from '@/cli/environment-options'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print } from '@/cli/output'
import { printLog } from '@/cli/print-log'
import { roleOfHost } from '@/cli/role-of-host'
import { stopSignal } from '@/cli/stop-signal'
import { textTable } from '@/cli/text-table'
import type { LogFileView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { listLogFiles } from '@/lib/services/logs/list-log-files'
import { readPair } from '@/lib/services/pairs/read-pair'

type LogsFlags = {
  readonly dataDir?: string
  readonly logLevel?: string
  readonly pair?: string
  readonly host: string
  readonly lines: number
  readonly follow?: boolean
  readonly output: OutputFormat
}

const logsText = (files: readonly LogFileView[]): string =>
  textTable([['Log', 'Of', 'File'], ...files.map(({ id, title, path }) => [id, title, path])])

function toCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Give a number of lines.')
  return count
}

/** `understudy logs`: which logs a pair has, or the end of one as it is on a host. */
export function addLogs(command: Command): void {
  withDataOptions(command.argument('[log]', 'which one; all are listed where it is left out'))
    .option('--pair <name>', 'the pair; not needed where there is only one')
    .option('--host <host>', 'where it is read: primary, standby or its name', 'standby')
    .option('-n, --lines <n>', 'how many of the last lines', toCount, 100)
    .option('-f, --follow', 'go on with what is written, until Ctrl-C')
    .addOption(outputOption())
    .action((log: string | undefined, flags: LogsFlags) => {
      const { dataDir, logLevel } = flags
      const store: Flags = { ...(dataDir ? { dataDir } : {}), ...(logLevel ? { logLevel } : {}) }
      return withSession(store, ({ context }) => showLogs(context, log, flags))
    })
}

async function showLogs(context: ServiceContext, log: string | undefined, flags: LogsFlags): Promise<void> {
  const slug = await findSlug(context, flags.pair)
  if (log === undefined) {
    print(await listLogFiles(context, { slug }), flags.output, logsText)
    return
  }
  await printLog(context, {
    slug,
    log,
    host: roleOfHost(await readPair(context, { slug }), flags.host),
    lines: flags.lines,
    follow: flags.follow ? stopSignal() : null,
    write: (text) => process.stdout.write(text),
  })
}
