import type { Command } from 'commander'
import { withDataOptions } from '@/cli/environment-options'
import { worstExitCode } from '@/cli/exit-codes'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print } from '@/cli/output'
import { pairsText } from '@/cli/pairs-text'
import { listPairs } from '@/lib/services/pairs/list-pairs'

/** `understudy pairs`: every pair in a line. */
export function addPairs(command: Command): void {
  withDataOptions(command)
    .addOption(outputOption())
    .action((flags: Flags & { output: OutputFormat }) =>
      withSession(flags, async ({ context }) => {
        const views = await listPairs(context)
        print(views, flags.output, pairsText)
        process.exitCode = worstExitCode(views.map(({ verdict }) => verdict?.state ?? null))
      }),
    )
}
