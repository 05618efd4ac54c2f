import type { PairCommand } from '@/cli/pair-command'

/** `understudy unpair`: what the pair has put on its hosts is removed, and the standby left as chosen. */
export const unpairCommand: PairCommand = {
  operation: 'unpair',
  about: 'what taking a pair apart would remove, and how the standby would be left',
  question: (view) => `Take ${view.pair.slug} apart?`,
  withOptions: (command) =>
    command.option(
      '--leave <as>',
      'as what the standby is left: stopped; standalone, a writable copy that goes its own way; or original, what it held before the pair',
      'stopped',
    ),
  toOptions: ({ leave }) => ({ leave }),
  help: `
The primary stays in service and is not restarted. A host that can't be reached is owed: what the pair has put there is removed by itself
as soon as it answers; the same command again shows what is owed. With --leave standalone or original the plan asks for the name of the
standby, given with --type-words; --yes never stands in for it.`,
}
