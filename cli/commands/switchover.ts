import type { PairCommand } from '@/cli/pair-command'

/** `understudy switchover`: primary and standby exchange their roles, and nothing is lost. */
export const switchoverCommand: PairCommand = {
  operation: 'switchover',
  about: 'what exchanging the roles of both hosts would do, and what stands against it',
  question: ({ hosts }) => `Make ${hosts.standby.name} the primary, and ${hosts.primary.name} its standby?`,
}
