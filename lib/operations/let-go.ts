import { setTimeout as sleep } from 'node:timers/promises'
import { readHold, releaseLock } from '@/lib/commands/host-lock'
import { appendTranscript } from '@/lib/commands/transcript'
import type { Host } from '@/lib/domain/host'
import { hostPlaces } from '@/lib/domain/host-places'
import type { Operation, RecordedEvent } from '@/lib/domain/operation'
import { roles } from '@/lib/domain/pair'
import { hostRecords } from '@/lib/domain/transcript'
import { markOf } from '@/lib/operations/context'
import type { HostDoor } from '@/lib/ports/host-door'

/** Whoever closes an operation does not wait longer than this for its hosts. */
const waitMs = 4_000

/**
 * Lets go of the hosts of an operation that an operator closed, and ends its transcript there. A host that does not answer keeps the
 * lock until it answers again (`createLetGoLate`).
 */
export async function letGo(given: {
  readonly operation: Operation
  readonly pairSlug: string
  readonly events: readonly RecordedEvent[]
  readonly logDirectory: string
  readonly hosts: readonly { readonly host: Host; readonly door: HostDoor }[]
}): Promise<void> {
  const { operation, pairSlug, events, logDirectory, hosts } = given
  const leave = async ({ host, door }: { host: Host; door: HostDoor }) => {
    const places = hostPlaces(host)
    const { stdout } = await door.ask(readHold(operation.id, places), { timeoutMs: waitMs })
    if (!stdout.includes('held')) return
    await door.run(releaseLock(operation.id, places), { timeoutMs: waitMs })
    const role = roles.find((each) => operation.plan.hosts[each] === host.id)
    if (!role) return
    for (const { path, lines } of hostRecords({ operation, pairSlug }, events, { role, logDirectory }))
      await door.run(appendTranscript(path, markOf(operation.id), lines, places), { timeoutMs: waitMs })
  }
  await Promise.race([Promise.allSettled(hosts.map(leave)), sleep(waitMs, undefined, { ref: false })])
}
