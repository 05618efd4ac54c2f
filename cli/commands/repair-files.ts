import type { PairCommand } from '@/cli/pair-command'

/** `understudy repair-files`: files that differ from the primary's although size and time are the same are pulled anew. */
export const repairFilesCommand: PairCommand = {
  operation: 'repair-files',
  about: 'which files that differ from the primary’s would be pulled anew',
  question: (view) => `Pull these files to ${view.hosts.standby.name} now?`,
  withOptions: (command) =>
    command.option(
      '--directory <id...>',
      'only files of these directories, by their ids; all where left out',
    ),
  toOptions: ({ directory }) => ({ directories: directory ?? [] }),
  help: `
The files are those that the verification has found to differ although size and time are the same, so that no copy brings them. What is
replaced goes to the bin, and every file is compared again.`,
}
