import type { PairCommand } from '@/cli/pair-command'

/** `understudy unpair`: what the pair has put on its hosts is removed, and the standby left as chosen. */
export const unpairCommand: PairCommand = {
  operation: 'unpair',
  about: 'what taking a pair apart would remove, and how the standby would be left',
  question: (view) => `Take ${view.pair.slug} apart?`,
  withOptions: (command) =>
    command.option(
      '--leave <as>',
      'how the standby is left: stopped; standalone, a writable copy of its own; original, what it held before the pair; as-found, as it was before it was taken over',
      'stopped',
    ),
  toOptions: ({ leave }) => ({ leave }),
  help: `
The primary stays in service and is not restarted. A host that can't be reached is owed: what the pair has put there is removed by itself
as soon as it answers; the same command again shows what is owed. With --leave standalone, original or as-found the plan asks for the name of the
standby, given with --type-words; --yes never stands in for it.`,
}
