import { keptAutoConfPath } from '@/lib/commands/kept-auto-conf'
import { controlData } from '@/lib/commands/postgres-server'
import { findTargetAside } from '@/lib/commands/sync-targets'
import { isTaken } from '@/lib/domain/adopt/adoption'
import type { Host } from '@/lib/domain/host'
import { pairPlaces } from '@/lib/domain/host-places'
import { keptDataPath } from '@/lib/domain/kept-data'
import { type Pair, type Role, roles } from '@/lib/domain/pair'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import type { Leave } from '@/lib/domain/unpair'
import { toPublicError } from '@/lib/errors'
import { parseControlData } from '@/lib/facts/control-data'
import { parseServerIdentity, serverIdentityQuestion } from '@/lib/facts/server-identity'
import { markOf } from '@/lib/operations/context'
import { createNames, hasDatabase } from '@/lib/operations/create/basis'
import { targetsOf } from '@/lib/operations/create/targets-of'
import { layoutsOf } from '@/lib/operations/last-layout'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { readHostFacts } from '@/lib/operations/preflight/read-host-facts'
import { createdBasis } from '@/lib/operations/unpair/basis'
import type { PlaceFacts, UnpairFacts } from '@/lib/operations/unpair/facts'
import { findCreated, type PastOperation } from '@/lib/operations/unpair/find-created'
import type { HostDoor } from '@/lib/ports/host-door'
import type { StoredObservation } from '@/lib/ports/store'
import type { Profile } from '@/lib/profiles/schema'
import type { Clock } from '@/lib/time'

const timeoutMs = 15_000

export type UnpairReading = {
  readonly doors: Readonly<Record<Role, HostDoor>>
  readonly hosts: Readonly<Record<Role, Host>>
  readonly pair: Pair
  readonly profile: Profile
  readonly latest: StoredObservation | null
  readonly leave: Leave
  /** The pair's latest operations, the latest first. */
  readonly operations: readonly PastOperation[]
  /** Any operation of the store; null where it does not have it. */
  readonly findOperation: (id: string) => Promise<PastOperation | null>
  readonly clock: Clock
}

/** What a host that answers does not say: null. An error of our own is thrown. */
async function askOrNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (toPublicError(error).code === 'INTERNAL') throw error
    return null
  }
}

/** Where a host's PostgreSQL lies: as it says itself, else where a plan saw it last, with whose data stands there now. */
async function readPlace(given: UnpairReading, role: Role, facts: HostFacts): Promise<PlaceFacts> {
  const { doors, hosts, operations } = given
  const now = postgresLayoutOf(facts, hosts[role])
  if (now) return { layout: now, state: answerOf(facts.server)?.inRecovery ? 'standby' : 'primary' }
  // Of whatever server was there: a copy lies where the standby's own data did.
  const [last] = facts.machine.seen ? layoutsOf(operations, hosts[role]) : []
  if (!last) return null
  const found = await askOrNull(async () =>
    parseServerIdentity((await doors[role].runOrThrow(serverIdentityQuestion(last), { timeoutMs })).stdout),
  )
  if (!found?.systemIdentifier) return null
  const layout = { ...last, systemIdentifier: found.systemIdentifier }
  return { layout, state: found.isRunning ? 'silent' : 'stopped' }
}

/** Whose data the pair is: as the create found it, else as it was seen last, else as the hosts show it. */
function identifierOf(
  { latest }: UnpairReading,
  { primary, standby }: UnpairFacts['places'],
  created: UnpairFacts['created'],
): string | null {
  const seen = latest?.observation.hosts.primary.server
  const shown = primary?.state === 'primary' ? primary : standby?.state === 'standby' ? standby : null
  return (
    (created && answerOf(created.facts.primary.server)?.systemIdentifier) ??
    (seen?.seen ? seen.value.systemIdentifier : null) ??
    shown?.layout.systemIdentifier ??
    null
  )
}

const lacking = (sentence: string) => ({ isThere: false, sentence })

async function isDataOf(door: HostDoor, layout: PostgresLayout, path: string): Promise<boolean> {
  const { exitCode, stdout } = await door.run(controlData(layout, path), { timeoutMs })
  return exitCode === 0 && parseControlData(stdout).systemIdentifier === layout.systemIdentifier
}

/** Whether all that create put aside on the standby is there: its note says so, and the data proves itself. */
async function readOriginal(
  given: UnpairReading,
  created: UnpairFacts['created'],
): Promise<UnpairFacts['original']> {
  const { doors, hosts, pair, profile } = given
  const { name } = hosts.standby
  if (pair.adoption) return lacking(`The pair was not made by a create: nothing was put aside on ${name}.`)
  if (!created || created.hosts.standby !== hosts.standby.id)
    return lacking(`Nothing is known of data that a create put aside on ${name}.`)
  const basis = createdBasis({ pair, profile, hosts, facts: { created } })
  if (!basis) return lacking(`The record of the create does not say what lay where on ${name}.`)
  const mark = markOf(created.operationId)
  const at = pairPlaces(hosts.standby, pair.slug)
  const note = await doors.standby.readFile(keptDataPath(at, mark))
  if (note === null) return lacking(`${name} has no note of what was put aside any more.`)
  if (hasDatabase(basis)) {
    const { aside } = createNames(basis)
    if (
      !note.includes(JSON.stringify(aside)) ||
      !(await isDataOf(doors.standby, basis.layouts.standby, aside))
    )
      return lacking(`${aside} on ${name} is not the data that was put aside.`)
  }
  for (const target of targetsOf(basis))
    if ((await doors.standby.run(findTargetAside(at, target, mark), { timeoutMs })).exitCode !== 0)
      return lacking(`The old content of ${target.path} on ${name} is not where it was put.`)
  return { isThere: true, sentence: `What was put aside on ${name} is there and whole.` }
}

/** Whether the standby can follow again as it did before the pair was taken over, and what worked then can again. */
async function readAsFound(
  { doors, hosts, pair }: UnpairReading,
  created: UnpairFacts['created'],
  layout: PostgresLayout | null,
): Promise<UnpairFacts['asFound']> {
  const { name } = hosts.standby
  if (!pair.adoption) return lacking('Understudy made this pair: there is nothing that was found.')
  if (!isTaken(pair, 'replication'))
    return { isThere: true, sentence: `How ${name} follows was never changed.` }
  if (!created) return lacking('The operation that took the pair over is not in the store.')
  if (created.hosts.standby !== hosts.standby.id)
    return lacking(
      `${name} was the primary when the pair was taken over: its roles have been exchanged since.`,
    )
  const path = layout && keptAutoConfPath(layout.dataDirectory, markOf(created.operationId))
  return path !== null && (await doors.standby.readFile(path, 'database-owner')) !== null
    ? { isThere: true, sentence: `What ${name} followed by before is kept there.` }
    : lacking(`What ${name} followed by before is not kept there any more: its data were copied anew since.`)
}

/** Reads both hosts at once, and what is known of how the pair was made. What can't be read is in the facts. */
export async function readUnpairFacts(given: UnpairReading): Promise<UnpairFacts> {
  const { doors, hosts, pair, profile, clock, leave } = given
  const asksServer = pair.scope.database
  const read = (role: Role) =>
    readHostFacts({ door: doors[role], host: hosts[role], profile, directories: [], clock, asksServer })
  const [primary, standby] = await Promise.all([read('primary'), read('standby')])
  const created = await findCreated({ ...given, facts: { primary, standby } })
  const places = asksServer
    ? {
        primary: await readPlace(given, 'primary', primary),
        standby: await readPlace(given, 'standby', standby),
      }
    : { primary: null, standby: null }
  const systemIdentifier = asksServer ? identifierOf(given, places, created) : null
  const isServing =
    places.primary?.state === 'primary' && places.primary.layout.systemIdentifier === systemIdentifier
  const isThere = {
    primary: primary.machine.seen && (!asksServer || isServing),
    standby: standby.machine.seen,
  }
  const owed = pair.owed ?? []
  const wanted = roles.filter((role) => pair.isPaired || owed.some(({ hostId }) => hostId === hosts[role].id))
  const leftAs = pair.isPaired
    ? leave
    : (owed.find(({ hostId }) => hostId === hosts.standby.id)?.leave ?? leave)
  const looksForOriginal = leftAs === 'original' && standby.machine.seen && wanted.includes('standby')
  return {
    primary,
    standby,
    places,
    leave: leftAs,
    acts: wanted.filter((role) => isThere[role]),
    owes: wanted.filter((role) => !isThere[role]),
    systemIdentifier,
    created,
    original: looksForOriginal ? await askOrNull(() => readOriginal(given, created)) : null,
    asFound:
      leftAs === 'as-found' && standby.machine.seen
        ? await askOrNull(() => readAsFound(given, created, places.standby?.layout ?? null))
        : null,
  }
}
