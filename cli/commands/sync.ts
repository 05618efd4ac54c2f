import type { PairCommand } from '@/cli/pair-command'

/** `understudy sync`: directories are copied now, whatever their schedules say. */
export const syncCommand: PairCommand = {
  operation: 'sync',
  about: 'which directories would be copied now',
  question: (view) => `Copy files to ${view.hosts.standby.name} now?`,
  withOptions: (command) =>
    command.option('--directory <id...>', 'only these directories, by their ids; all where left out'),
  toOptions: ({ directory }) => ({ directories: directory ?? [] }),
  help: `
The copies are those of the schedule, with all their guards; what is running already is followed to its end. The schedules go on as
they are.`,
}
