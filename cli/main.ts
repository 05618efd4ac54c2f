import { Command, CommanderError } from 'commander'
import { addCommands } from '@/cli/add-commands'
import { printError } from '@/cli/print-error'

/** Runs the command line `argv` (without node and script) and sets the exit code: 0 fine, 1 refused or failed, 2 usage, and what `exit-codes.ts` adds. */
export async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', endWithItsReader)
  const program = new Command('understudy')
    .description('Keeps an application’s warm standby honest and ready.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
  try {
    await addCommands(program, (name) => argv.includes(name))
    inherit(program)
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else process.exitCode = printError(error)
  }
}

/** `understudy status | head`: a reader that has seen enough is no failure. */
function endWithItsReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit()
}

/** Commands of commands too: a wrong usage is exit code 2 everywhere. */
function inherit(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent)
    inherit(command)
  }
}
