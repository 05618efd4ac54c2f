import type { Host } from '@/lib/domain/host'
import { isSameLogin } from '@/lib/domain/host-access'
import type { HostObservation } from '@/lib/domain/observation'
import type { Plan } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import { isBlocking } from '@/lib/domain/preflight'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { promoteFacts } from '@/lib/operations/promote/facts'
import type { StoredObservation } from '@/lib/ports/store'

/** Does the plan show what is done there as the login that does it now? */
const isReachedAsBefore = (before: HostFacts, host: Host): boolean =>
  isSameLogin(before, host) && before.isUnprivileged === (host.privilege === 'unprivileged')

/** Is the host answering as it did, as the same server in the same role? */
function isAsBefore(before: HostFacts, now: HostObservation): boolean {
  const server = answerOf(before.server)
  if (before.machine.seen !== now.machine.seen || before.server.seen !== now.server.seen) return false
  if (server === null || !now.server.seen) return true
  return (
    server.inRecovery === now.server.value.inRecovery &&
    server.systemIdentifier === now.server.value.systemIdentifier &&
    server.replayPaused === now.server.value.replayPaused &&
    (server.receiverStatus === 'streaming') === (now.server.value.receiver?.status === 'streaming')
  )
}

/**
 * Whether a promotion that was planned and shown a moment ago can be started as it is: the watch sees both hosts as the plan
 * did, and they are still reached as it says. Reading a dead host again would cost its time-outs, when every second counts; what the plan rests on is read again
 * by the steps themselves.
 */
export function isStillAsPlanned(
  shown: Plan,
  { pair, hosts }: { readonly pair: Pair; readonly hosts: Readonly<Record<Role, Host>> },
  latest: StoredObservation,
): boolean {
  const facts = promoteFacts.safeParse(shown.facts)
  if (!facts.success || shown.kind !== 'promote' || shown.pairId !== pair.id) return false
  if (shown.hosts.primary !== pair.hosts.primary || isBlocking(shown.preflight)) return false
  return (['primary', 'standby'] as const).every(
    (role) =>
      isReachedAsBefore(facts.data[role], hosts[role]) &&
      isAsBefore(facts.data[role], latest.observation.hosts[role]),
  )
}
