import type { LagEstimate } from '@/lib/domain/lag'
import { addSample, type LsnHistory, type LsnSample, toSample } from '@/lib/domain/lsn-history'
import type { HostObservation, MachineFacts, Observation, Seen, ServerFacts } from '@/lib/domain/observation'
import type { Role } from '@/lib/domain/pair'

/** The last time that a fact could be read. */
type Remembered<T> = { readonly value: T; readonly at: string } | null

export type HostMemory = {
  readonly server: Remembered<ServerFacts>
  readonly machine: Remembered<MachineFacts>
}

/**
 * What is remembered of a pair beside the observation itself: positions by the dashboard's clock, and what each host was
 * like when it was last seen. Roles are those of the pair: when they swap, a new history begins.
 */
export type PairHistory = {
  readonly primary: LsnHistory
  /** What the standby has replayed. */
  readonly replay: LsnHistory
  readonly hosts: Readonly<Record<Role, HostMemory>>
}

const nothing: HostMemory = { server: null, machine: null }
export const emptyHistory: PairHistory = {
  primary: [],
  replay: [],
  hosts: { primary: nothing, standby: nothing },
}

/** The history with one more observation. */
export function remember(history: PairHistory, observation: Observation): PairHistory {
  const { primary, standby } = observation.hosts
  const position = primarySample(history.primary, primary, standby)
  const replay = replaySample(standby)
  return {
    primary: position ? addSample(history.primary, position) : history.primary,
    replay: replay ? addSample(history.replay, replay) : history.replay,
    hosts: {
      primary: rememberHost(history.hosts.primary, primary),
      standby: rememberHost(history.hosts.standby, standby),
    },
  }
}

/**
 * The history to begin with after a restart: the last observation that was stored, and the primary's position as it was
 * last known then, which that observation itself lacks when the primary was already gone.
 */
export function recall(
  observation: Observation,
  lag: Pick<LagEstimate, 'primaryLsn' | 'primaryLsnAt'>,
): PairHistory {
  const { primaryLsn, primaryLsnAt } = lag
  const known = primaryLsn && primaryLsnAt ? [toSample(Date.parse(primaryLsnAt), primaryLsn)] : []
  return remember({ ...emptyHistory, primary: known }, observation)
}

function rememberHost(memory: HostMemory, host: HostObservation): HostMemory {
  return { server: latest(memory.server, host.server), machine: latest(memory.machine, host.machine) }
}

function latest<T>(memory: Remembered<T>, seen: Seen<T>): Remembered<T> {
  return seen.seen ? { value: seen.value, at: seen.at } : memory
}

/**
 * The primary's position: as it says itself, else as its stream last told the standby. The stream tells what is flushed,
 * which may be a little less than what was seen written: that is no fall.
 */
function primarySample(
  known: LsnHistory,
  primary: HostObservation,
  standby: HostObservation,
): LsnSample | null {
  if (primary.server.seen) {
    const { currentLsn } = primary.server.value
    return currentLsn === null ? null : toSample(Date.parse(primary.server.at), currentLsn)
  }
  if (!standby.server.seen) return null
  const { receiver } = standby.server.value
  if (receiver?.status !== 'streaming' || receiver.latestEndLsn === null) return null
  const ageMs = (receiver.lastMessageAgeSeconds ?? 0) * 1000
  const last = known.at(-1)
  const told = toSample(Math.floor(Date.parse(standby.server.at) - ageMs), receiver.latestEndLsn)
  return last && told.lsnBytes < last.lsnBytes ? { ...last, atMs: told.atMs } : told
}

function replaySample(standby: HostObservation): LsnSample | null {
  if (!standby.server.seen || standby.server.value.replayedLsn === null) return null
  return toSample(Date.parse(standby.server.at), standby.server.value.replayedLsn)
}
