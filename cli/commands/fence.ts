import type { PairCommand } from '@/cli/pair-command'

/** `understudy fence`: a former primary that came back is kept from writing. */
export const fenceCommand: PairCommand = {
  operation: 'fence',
  about: 'what keeping a former primary from writing would do',
  question: (view) => `Fence ${view.hosts.standby.name}?`,
}
