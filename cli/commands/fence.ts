import type { PairCommand } from '@/cli/pair-command'

/** `understudy fence`: a former primary that came back is kept from writing. */
export const fenceCommand: PairCommand = {
  operation: 'fence',
  about: 'what keeping a former primary from writing would do',
  // In the plan the former primary has the role that it had before.
  namesOf: ({ hosts }) => ({ primary: hosts.standby.name, standby: hosts.primary.name }),
  question: (view) => `Fence ${view.hosts.standby.name}?`,
}
