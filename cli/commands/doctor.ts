import type { Command } from 'commander'
import { examine } from '@/cli/doctor'
import { withDataOptions } from '@/cli/environment-options'
import { exitCodes } from '@/cli/exit-codes'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print } from '@/cli/output'
import { checksText } from '@/cli/plan-text'
import { isBlocking } from '@/lib/domain/preflight'

/** `understudy doctor`: is the dashboard itself well. */
export function addDoctor(command: Command): void {
  withDataOptions(command)
    .addOption(outputOption())
    .action((flags: Flags & { output: OutputFormat }) =>
      withSession(flags, async (session) => {
        const checks = await examine(session)
        print(checks, flags.output, (found) => checksText(found))
        process.exitCode = isBlocking(checks) ? exitCodes.failed : exitCodes.fine
      }),
    )
}
