import type { PairCommand } from '@/cli/pair-command'

/** `understudy rotate-key`: a new key between the hosts, and the end of the old one. */
export const rotateKeyCommand: PairCommand = {
  operation: 'rotate-key',
  about: 'what giving the standby a new key for the primary would do',
  question: ({ hosts }) => `Give ${hosts.standby.name} a new key for ${hosts.primary.name}?`,
  help: `
The new key is made on the standby, let in on the primary as the old one was, and proved by reading the directories, before it
takes the old one's place; then the old one is let in no more, tried, and removed. Copies go on meanwhile. It also tells the
standby the address, port, user and host key of the primary as they are registered now: after understudy hosts confirm-key or
understudy hosts change-access.`,
}
