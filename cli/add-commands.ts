import type { Command } from 'commander'
import { commandTable } from '@/cli/command-table'

/** All commands by name, so that the help lists them; in full only the wanted ones: the rest would cost a second for nothing. */
export async function addCommands(program: Command, isWanted: (name: string) => boolean): Promise<void> {
  for (const { name, about, load } of commandTable) {
    const command = program.command(name).description(about)
    if (isWanted(name)) (await load())(command)
  }
}
