import { type Command, Option } from 'commander'
import { findSlug } from '@/cli/commands/plan-flags'
import { exitCodes } from '@/cli/exit-codes'
import { withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print } from '@/cli/output'
import { type PairFlags, withPairOption } from '@/cli/pair-command'
import { roles } from '@/lib/domain/pair'
import { rowFilesLines } from '@/lib/domain/row-files'
import type { ServiceContext } from '@/lib/services/context'
import { findMissingFiles } from '@/lib/services/pairs/find-missing-files'

type Flags = PairFlags & { readonly host: string; readonly seconds: string; readonly output: OutputFormat }

/** `understudy missing-files`: files that rows of the database refer to and that a host lacks. */
export function addMissingFiles(command: Command): void {
  withPairOption(command)
    .addOption(new Option('--host <role>', 'whose database and files').choices(roles).default('standby'))
    .option('--seconds <n>', 'how long it may take; what was found by then is told', '60')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
By the queries of the pair’s profile (rowFiles), read only. Exit codes: 0 nothing is missing, 3 something is, 6 it could not be told of all.`,
    )
    .action((flags: Flags) => withSession(flags, ({ context }) => show(context, flags)))
}

async function show(context: ServiceContext, flags: Flags): Promise<void> {
  const { pair, host, seconds, output } = flags
  const slug = await findSlug(context, pair)
  const found = await findMissingFiles(context, { slug, host, seconds })
  print(found, output, (shown) => rowFilesLines(shown).join('\n'))
  if (found.looks.some(({ missing }) => missing > 0)) process.exitCode = exitCodes.degraded
  else if (found.looks.some(({ isAll }) => !isAll)) process.exitCode = exitCodes.unknown
}
