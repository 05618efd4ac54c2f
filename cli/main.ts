import { Command, CommanderError } from 'commander'
import { addAudit } from '@/cli/commands/audit'
import { addCreate } from '@/cli/commands/create'
import { addDb } from '@/cli/commands/db'
import { addDemo } from '@/cli/commands/demo'
import { addDoctor } from '@/cli/commands/doctor'
import { addHosts } from '@/cli/commands/hosts'
import { addOperations } from '@/cli/commands/operations'
import { addPairs } from '@/cli/commands/pairs'
import { addPlan } from '@/cli/commands/plan'
import { addPromote } from '@/cli/commands/promote'
import { addStart } from '@/cli/commands/start'
import { addStatus } from '@/cli/commands/status'
import { addUser } from '@/cli/commands/user'
import { addWeb } from '@/cli/commands/web'
import { addWorker } from '@/cli/commands/worker'
import { printError } from '@/cli/print-error'

const commands = [
  addStatus,
  addPairs,
  addHosts,
  addCreate,
  addPromote,
  addPlan,
  addOperations,
  addUser,
  addAudit,
  addDoctor,
  addStart,
  addDemo,
  addWeb,
  addWorker,
  addDb,
]

/** Runs the command line `argv` (without node and script) and sets the exit code: 0 fine, 1 refused or failed, 2 usage, and what `exit-codes.ts` adds. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('understudy')
    .description('Keeps an application’s warm standby honest and ready.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
  for (const add of commands) add(program)
  inherit(program)
  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else process.exitCode = printError(error)
  }
}

/** Commands of commands too: a wrong usage is exit code 2 everywhere. */
function inherit(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent)
    inherit(command)
  }
}
