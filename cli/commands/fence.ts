import type { PairCommand } from '@/cli/pair-command'

/** `understudy fence`: a former primary that came back is kept from writing. */
export const fenceCommand: PairCommand = {
  operation: 'fence',
  about: 'what keeping a former primary from writing would do',
  question: ({ pair, hosts }) =>
    pair.formerPrimary === 'none' ? 'Fence the chosen host?' : `Fence ${hosts.standby.name}?`,
  withOptions: (command) =>
    command.option(
      '--which <role>',
      'where two primaries write and no promotion says which must not: the host that was expected as primary or standby',
    ),
  toOptions: ({ which }) => (which === undefined ? {} : { host: which }),
  help: `
Where no promotion made one of the hosts a former primary, the standby is the one unless --which says else, and the plan asks for its
name, given with --type-words; --yes never stands in for it.`,
}
