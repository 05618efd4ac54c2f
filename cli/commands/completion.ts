import { Argument, Command } from 'commander'
import { addCommands } from '@/cli/add-commands'
import { completionScript, type Shell, shells } from '@/cli/completion-script'
import { writeOut } from '@/cli/output'

const help = `
For this shell:       source <(understudy completion bash)
For every bash:       understudy completion bash > /etc/bash_completion.d/understudy
For every zsh:        add “source <(understudy completion zsh)” to ~/.zshrc`

/** `understudy completion`: prints the script that completes this command line. */
export function addCompletion(command: Command): void {
  command
    .addArgument(new Argument('<shell>', 'which shell').choices([...shells]))
    .addHelpText('after', help)
    .action(async (shell: Shell) => {
      const program = new Command('understudy')
      await addCommands(program, () => true)
      writeOut(completionScript(program, shell))
    })
}
