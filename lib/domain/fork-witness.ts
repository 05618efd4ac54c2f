import { formatClock, formatFullInstant } from '@/lib/domain/format-instant'
import type { HostId } from '@/lib/domain/host'
import { laterOf } from '@/lib/domain/lag'
import { type Lsn, lsnDistanceBytes } from '@/lib/domain/lsn'
import type { HostObservation, Instant, Observation, ServerFacts } from '@/lib/domain/observation'
import { type Pair, roles } from '@/lib/domain/pair'

/** Where a server was, by the dashboard's clock. */
type Mark = { readonly at: Instant; readonly lsn: Lsn }

/** A time in which a server went forward on one timeline, writing or following; a restart does not end it. */
type Stretch = {
  readonly systemIdentifier: string
  readonly timeline: number
  readonly isWritable: boolean
  readonly first: Mark
  readonly last: Mark
}

/**
 * What is kept of a pair's two servers over time, by host: roles may swap and either may be restarted meanwhile. `together` is the
 * last look at which one streamed from the other on one timeline; its position is the follower's.
 */
export type ForkWitness = {
  readonly together: (Mark & Pick<Stretch, 'systemIdentifier' | 'timeline'>) | null
  readonly stretches: Readonly<Record<HostId, readonly Stretch[]>>
}

export const nothingWitnessed: ForkWitness = { together: null, stretches: {} }

/** Stretches kept of a host: one more for each promotion, fence or restore. */
const stretchesMax = 12

/** How a host left the line that both shared: last seen on it, first seen off it. */
export type Leaving = {
  readonly hostId: HostId
  readonly on: Mark
  readonly off: Mark
  readonly from: Stretch
  readonly to: Stretch
}

const positionOf = ({ currentLsn, receivedLsn, replayedLsn }: ServerFacts): Lsn | null =>
  currentLsn ?? laterOf(receivedLsn, replayedLsn)

const serverOf = ({ server }: HostObservation): ServerFacts | null => (server.seen ? server.value : null)

/** The witness with one more observation of the pair's hosts. */
export function witness(before: ForkWitness, hosts: Pair['hosts'], observation: Observation): ForkWitness {
  const { at } = observation
  const seen = roles.map((role) => [hosts[role], serverOf(observation.hosts[role])] as const)
  const stretches = seen.map(([id, server]) => [id, addMark(before.stretches[id] ?? [], server, at)] as const)
  const [one, other] = seen.map(([, server]) => server)
  return {
    together: markTogether(one ?? null, other ?? null, at) ?? before.together,
    stretches: Object.fromEntries(stretches),
  }
}

function addMark(known: readonly Stretch[], server: ServerFacts | null, at: Instant): readonly Stretch[] {
  const lsn = server && positionOf(server)
  if (!server || lsn === null) return known
  const { systemIdentifier, timeline, inRecovery } = server
  const isWritable = !inRecovery
  const last = known.at(-1)
  const goesOn =
    last?.systemIdentifier === systemIdentifier &&
    last.timeline === timeline &&
    last.isWritable === isWritable
  const wentBack = goesOn && lsnDistanceBytes(lsn, last.last.lsn) < 0
  // A standby that starts replays again from its last restart point: that is no step back.
  if (goesOn && wentBack && !isWritable) return known
  const mark = { at, lsn }
  if (goesOn && !wentBack) return [...known.slice(0, -1), { ...last, last: mark }]
  return [...known, { systemIdentifier, timeline, isWritable, first: mark, last: mark }].slice(-stretchesMax)
}

/** A walreceiver streams only what belongs to its own history (PostgreSQL documentation, 27.2.5 Streaming Replication). */
function markTogether(
  one: ServerFacts | null,
  other: ServerFacts | null,
  at: Instant,
): ForkWitness['together'] {
  if (!one || !other || one.inRecovery === other.inRecovery) return null
  const [writer, follower] = one.inRecovery ? [other, one] : [one, other]
  const lsn = positionOf(follower)
  const isOne =
    follower.receiver?.status === 'streaming' &&
    follower.systemIdentifier === writer.systemIdentifier &&
    follower.timeline === writer.timeline
  if (!isOne || lsn === null) return null
  return { at, lsn, systemIdentifier: writer.systemIdentifier, timeline: writer.timeline }
}

/** Which of the hosts left the line that both shared, the earlier one first; empty where that was never seen. */
export function findLeavings({ together, stretches }: ForkWitness, hosts: Pair['hosts']): readonly Leaving[] {
  if (!together) return []
  return roles
    .flatMap((role) => findLeaving(hosts[role], stretches[hosts[role]] ?? [], together.at) ?? [])
    .sort((one, other) => Date.parse(one.off.at) - Date.parse(other.off.at))
}

function findLeaving(hostId: HostId, stretches: readonly Stretch[], togetherAt: Instant): Leaving | null {
  const isBefore = (mark: Mark) => Date.parse(mark.at) <= Date.parse(togetherAt)
  for (const [index, to] of stretches.entries()) {
    const from = stretches[index - 1]
    if (!from || isBefore(to.first) || to.systemIdentifier !== from.systemIdentifier) continue
    if (to.timeline > from.timeline || to.isWritable)
      return { hostId, on: from.last, off: to.first, from, to }
  }
  return null
}

/** What happened, e.g. `beta left the line that both shared between 0/3000148 (…) and 0/30001A0 (…): it was promoted to timeline 2.` */
export function leavingSentence({ on, off, from, to }: Leaving, name: string): string {
  const what =
    to.timeline > from.timeline
      ? to.isWritable
        ? `it was promoted to timeline ${to.timeline}`
        : `it follows timeline ${to.timeline} since`
      : from.isWritable
        ? 'its own position went back, as after a restore'
        : `it was made writable on timeline ${to.timeline} without a promotion`
  const zone = { timeZone: 'UTC' }
  return `${name} left the line that both shared between ${on.lsn} (${formatFullInstant(on.at, zone)}) and ${off.lsn} (${formatClock(off.at, zone)}): ${what}.`
}
