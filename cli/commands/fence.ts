import type { PairCommand } from '@/cli/pair-command'

/** `understudy fence`: a former primary that came back is kept from writing. */
export const fenceCommand: PairCommand = {
  operation: 'fence',
  about: 'what fencing a former primary would do',
  // In the plan the former primary has the role that it had before.
  namesOf: ({ hosts }) => ({ primary: hosts.standby.name, standby: hosts.primary.name }),
  question: (view) => `Fence ${view.hosts.standby.name}?`,
  words: {
    option: '--type-words',
    key: 'typeWords',
    missing: 'The plan asks for words, and nobody has typed them.',
  },
}
