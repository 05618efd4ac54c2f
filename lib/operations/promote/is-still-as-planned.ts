import type { HostObservation } from '@/lib/domain/observation'
import type { Plan } from '@/lib/domain/operation'
import type { Pair } from '@/lib/domain/pair'
import { isBlocking } from '@/lib/domain/preflight'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { promoteFacts } from '@/lib/operations/promote/facts'
import type { StoredObservation } from '@/lib/ports/store'

/** Is the host answering as it did, as the same server in the same role? */
function isAsBefore(before: HostFacts, now: HostObservation): boolean {
  const server = answerOf(before.server)
  if (before.machine.seen !== now.machine.seen || before.server.seen !== now.server.seen) return false
  if (server === null || !now.server.seen) return true
  return (
    server.inRecovery === now.server.value.inRecovery &&
    server.systemIdentifier === now.server.value.systemIdentifier &&
    (server.receiverStatus === 'streaming') === (now.server.value.receiver?.status === 'streaming')
  )
}

/**
 * Whether a promotion that was planned and shown a moment ago can be started as it is: the watch sees both hosts as the plan
 * did. Reading a dead host again would cost its time-outs, when every second counts; what the plan rests on is read again
 * by the steps themselves.
 */
export function isStillAsPlanned(shown: Plan, pair: Pair, latest: StoredObservation): boolean {
  const facts = promoteFacts.safeParse(shown.facts)
  if (!facts.success || shown.kind !== 'promote' || shown.pairId !== pair.id) return false
  if (shown.hosts.primary !== pair.hosts.primary || isBlocking(shown.preflight)) return false
  const { primary, standby } = latest.observation.hosts
  return isAsBefore(facts.data.primary, primary) && isAsBefore(facts.data.standby, standby)
}
