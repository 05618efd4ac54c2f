import { Command, CommanderError } from 'commander'
import { addDb } from '@/cli/commands/db'
import { addDemo } from '@/cli/commands/demo'
import { addStart } from '@/cli/commands/start'
import { addWeb } from '@/cli/commands/web'
import { addWorker } from '@/cli/commands/worker'
import { printError } from '@/cli/print-error'

/** Runs the command line `argv` (without node and script) and sets the exit code: 0 fine, 1 refused or failed, 2 usage. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('understudy')
    .description('Keeps an application’s warm standby honest and ready.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
  for (const add of [addStart, addDemo, addWeb, addWorker, addDb]) add(program)
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program)
  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else process.exitCode = printError(error)
  }
}
