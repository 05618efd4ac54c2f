import type { PairCommand } from '@/cli/pair-command'
import { rolesToBe } from '@/lib/domain/turned-round'

/** `understudy re-pair`: the host that does not follow becomes a standby again, by the cheapest way that is enough. */
export const rePairCommand: PairCommand = {
  operation: 're-pair',
  about: 'what making a standby of the other host again would do, and by which way',
  question: ({ hosts, verdict, pair }) => {
    const { primary, standby } = rolesToBe(hosts, verdict, pair)
    return `Make ${standby.name} a standby of ${primary.name} again?`
  },
}
