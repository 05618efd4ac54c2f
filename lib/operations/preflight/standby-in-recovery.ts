import type { PreflightCheck } from '@/lib/domain/preflight'
import { missing } from '@/lib/operations/preflight/access-checks'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { fail, type Outcome, pass, toCheck } from '@/lib/operations/preflight/outcome'

/** The host that is recorded as the standby is one. */
export function standbyInRecovery(standby: HostFacts): PreflightCheck {
  const make = (outcome: Outcome) =>
    toCheck('standby-in-recovery', 'Standby is a standby', 'standby', outcome)
  const server = answerOf(standby.server)
  if (!server || !standby.data.seen) return make(missing(standby.server, standby.data))
  return make(
    server.inRecovery
      ? pass(
          `PostgreSQL ${server.version} on ${standby.name} is in recovery; its replay ${server.replayPaused ? 'is paused' : 'goes on'}.`,
        )
      : fail(
          `PostgreSQL on ${standby.name} accepts writes.`,
          'It is no standby any more: look at the pair’s page for what it is.',
        ),
  )
}
