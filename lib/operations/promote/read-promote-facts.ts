import { controlData } from '@/lib/commands/postgres-server'
import type { Host } from '@/lib/domain/host'
import type { Role } from '@/lib/domain/pair'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { toPublicError } from '@/lib/errors'
import { parseControlData } from '@/lib/facts/control-data'
import { parsePostgresAnswers, postgresAnswers } from '@/lib/facts/link-survey'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { readHostFacts } from '@/lib/operations/preflight/read-host-facts'
import type { PromoteFacts } from '@/lib/operations/promote/facts'
import { lossOf } from '@/lib/operations/promote/loss-of'
import { readFence } from '@/lib/operations/read-fence'
import type { HostDoor } from '@/lib/ports/host-door'
import type { StoredObservation } from '@/lib/ports/store'
import type { Profile } from '@/lib/profiles/schema'
import type { Clock } from '@/lib/time'

const timeoutMs = 15_000

/**
 * Where the primary's PostgreSQL does not answer: is its data directory at this place, with the standby's system identifier? Then it can be
 * fenced there. Null when that is not proved, for whatever reason.
 */
async function readAtRest(door: HostDoor, layout: PostgresLayout): Promise<PromoteFacts['primaryAtRest']> {
  try {
    const { stdout } = await door.runOrThrow(controlData(layout, layout.dataDirectory), { timeoutMs })
    const control = parseControlData(stdout)
    if (control.systemIdentifier !== layout.systemIdentifier) return null
    const fence = await readFence(door, layout)
    return {
      clusterState: control.clusterState,
      checkpointLsn: control.checkpointLsn,
      startConf: fence.startConf,
      isRunning: fence.isRunning,
    }
  } catch (error) {
    if (toPublicError(error).code === 'INTERNAL') throw error
    return null
  }
}

/** Where the primary's PostgreSQL is that was not seen: its own place as it was seen last, else where the standby's is. */
async function readPlace(
  { doors: { primary } }: { doors: Readonly<Record<Role, HostDoor>> },
  isThere: boolean,
  own: PostgresLayout | null,
  standby: PostgresLayout,
): Promise<Pick<PromoteFacts, 'primaryAtRest' | 'primaryLayout'>> {
  for (const layout of isThere ? [...(own ? [own] : []), standby] : []) {
    const atRest = await readAtRest(primary, layout)
    if (atRest) return { primaryAtRest: atRest, primaryLayout: layout }
  }
  return { primaryAtRest: null, primaryLayout: own }
}

/** Of the server that was observed on the host last, however long ago; null where none ever was. */
function lastSeenIdentifier(latest: StoredObservation | null, { id }: Host): string | null {
  const server = latest?.observation.hosts.primary.server
  if (server?.seen) return server.value.systemIdentifier
  return latest?.witness?.stretches[id]?.at(-1)?.systemIdentifier ?? null
}

/** The latest layout, and the latest that is of the standby's system; read no further than to that. */
function searchLayouts(layouts: Iterable<PostgresLayout>, standby: PostgresLayout | null) {
  let last: PostgresLayout | null = null
  for (const layout of layouts) {
    last ??= layout
    if (standby === null) break
    if (layout.systemIdentifier === standby.systemIdentifier) return { last, own: layout }
  }
  return { last, own: null }
}

/** Reads both hosts at once, and the primary from the standby's side. What can't be read is in the facts. */
export async function readPromoteFacts(given: {
  doors: Readonly<Record<Role, HostDoor>>
  hosts: Readonly<Record<Role, Host>>
  profile: Profile
  latest: StoredObservation | null
  /** Where the primary's PostgreSQL was whenever a plan saw it, the latest first (`layoutsOf`). */
  layouts: () => Promise<Iterable<PostgresLayout>>
  clock: Clock
}): Promise<PromoteFacts> {
  const { doors, hosts, profile, latest, clock, layouts } = given
  const read = (role: Role) =>
    readHostFacts({ door: doors[role], host: hosts[role], profile, directories: [], clock })
  const [standby, primary] = await Promise.all([read('standby'), read('primary')])
  const layout = postgresLayoutOf(standby, hosts.standby)
  const now = postgresLayoutOf(primary, hosts.primary)
  const { last, own } = searchLayouts(now ? [] : await layouts(), layout)
  const isAtRest = primary.machine.seen && !primary.server.seen
  const place =
    layout && !now
      ? await readPlace(given, isAtRest, own, layout)
      : { primaryAtRest: null, primaryLayout: null }
  const port = (now ?? own ?? layout)?.port
  const answers = layout
    ? await doors.standby
        .run(postgresAnswers(layout.binDirectory, hosts.primary.address, port ?? layout.port), { timeoutMs })
        .then(({ exitCode }) => parsePostgresAnswers(exitCode))
    : 'not-asked'
  return {
    standby,
    primary,
    ...place,
    primaryFromStandby: answers,
    pinnedIdentifier:
      answerOf(primary.server)?.systemIdentifier ??
      lastSeenIdentifier(latest, hosts.primary) ??
      last?.systemIdentifier ??
      null,
    ...lossOf(latest, true),
  }
}
