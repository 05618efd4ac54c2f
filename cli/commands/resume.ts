import type { PairCommand } from '@/cli/pair-command'

/** `understudy resume`: what was paused goes on. */
export const resumeCommand: PairCommand = {
  operation: 'resume',
  about: 'what letting a paused pair go on would do',
  question: (view) => `Let what is paused on ${view.hosts.standby.name} go on?`,
}
