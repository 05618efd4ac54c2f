import { streamMomentSeconds, streamSilenceMaxSeconds, unseenGraceMs } from '@/lib/domain/limits'
import type { HostObservation, MachineFacts, Observation, Seen, ServerFacts } from '@/lib/domain/observation'
import { otherRole, type Role } from '@/lib/domain/pair'
import type { HostMemory, PairHistory } from '@/lib/domain/pair-history'
import type { ErrorCode, PublicError } from '@/lib/errors'

/**
 * What one failed look tells. `down`: consistent with a dead server, never proof by itself. `blind`: our own trouble
 * (key, password, sudo, still connecting), which says nothing about the server.
 */
type Ours = 'seen' | 'down' | 'blind'

/** What the other host sees of this one. */
type Theirs = 'alive' | 'down' | 'unclear'

export type HostSight = {
  readonly role: Role
  readonly name: string
  /** As seen now, or within the grace of one missed look. */
  readonly server: ServerFacts | null
  readonly machine: MachineFacts | null
  readonly serverAtMs: number | null
  /** Why the server or the machine is not seen. */
  readonly serverWhy: PublicError | null
  readonly machineWhy: PublicError | null
  readonly ours: Ours
  readonly theirs: Theirs
  /** Seen from this host itself: PostgreSQL is not running or hangs. */
  readonly isProvedStopped: boolean
  readonly lastServer: HostMemory['server']
}

const downCodes: ReadonlySet<ErrorCode> = new Set([
  'HOST_UNREACHABLE',
  'HOST_PORT_REFUSED',
  'HOST_TIMED_OUT',
  'HOST_CONNECTION_LOST',
  'HOST_COMMAND_TIMED_OUT',
  'POSTGRES_DOWN',
  'POSTGRES_STARTING',
  'POSTGRES_TIMED_OUT',
])

/** Whether an error is one that a dead host would give; never proof by itself. */
export const isDownCode = (code: ErrorCode): boolean => downCodes.has(code)

/** A single slow answer or a reconnection: no alarm from one of these within the grace. */
const passingCodes: ReadonlySet<ErrorCode> = new Set([
  'HOST_CONNECTION_LOST',
  'HOST_COMMAND_TIMED_OUT',
  'POSTGRES_TIMED_OUT',
])

export type Sights = Readonly<Record<Role, HostSight>>

/** How each host is seen: by us, by the other host, and by its own process table. */
export function lookAt(
  observation: Observation,
  history: PairHistory,
  hostNames: Readonly<Record<Role, string>>,
): Sights {
  const sight = (role: Role) => sightOf(role, hostNames[role], observation, history)
  return { primary: sight('primary'), standby: sight('standby') }
}

function sightOf(role: Role, name: string, observation: Observation, history: PairHistory): HostSight {
  const host = observation.hosts[role]
  const memory = history.hosts[role]
  const theirs = asSeenBy(observation.hosts[otherRole(role)], role, hasNoPostgres(host))
  const nowMs = Date.parse(observation.at)
  const server = withGrace(host.server, memory.server, nowMs, theirs)
  const machine = withGrace(host.machine, memory.machine, nowMs, theirs)
  return {
    role,
    name,
    server: server?.value ?? null,
    machine: machine?.value ?? null,
    serverAtMs: server ? Date.parse(server.at) : null,
    serverWhy: host.server.seen ? null : host.server.why,
    machineWhy: host.machine.seen ? null : host.machine.why,
    ours: server ? 'seen' : !host.server.seen && isDownCode(host.server.why.code) ? 'down' : 'blind',
    theirs,
    isProvedStopped: isProvedStopped(host),
    lastServer: memory.server,
  }
}

function withGrace<T>(seen: Seen<T>, last: { value: T; at: string } | null, nowMs: number, theirs: Theirs) {
  if (seen.seen) return { value: seen.value, at: seen.at }
  const isPassing = passingCodes.has(seen.why.code) && theirs !== 'down'
  if (!isPassing || !last || nowMs - Date.parse(last.at) > unseenGraceMs) return null
  return last
}

/** It refuses us, and its own process table has none: two that agree. */
const hasNoPostgres = ({ server, machine }: HostObservation): boolean =>
  !server.seen &&
  server.why.code === 'POSTGRES_DOWN' &&
  machine.seen &&
  machine.value.postgresProcess === 'absent'

function isProvedStopped({ server, machine }: HostObservation): boolean {
  if (server.seen || !machine.seen) return false
  return machine.value.postgresProcess === 'absent' || machine.value.postgresProcess === 'stopped'
}

/**
 * What `observer` sees of the host in `role`. A server that gives no answer to a new connection is down, even where an old
 * stream still counts as streaming: with the host dead, PostgreSQL finds that out only after its time-out of a minute.
 * Only a message of the last moment weighs more: then it was the new connection that had bad luck. Not where the host itself says
 * that no PostgreSQL runs there: the stream was looked at the moment before it died.
 */
function asSeenBy(observer: HostObservation, role: Role, isGone: boolean): Theirs {
  const receiver = role === 'primary' && observer.server.seen ? observer.server.value.receiver : null
  const isStreaming = receiver?.status === 'streaming'
  const silentSeconds = receiver?.lastMessageAgeSeconds ?? 0
  const probe = observer.machine.seen ? observer.machine.value.peerPostgres : null
  if (probe === 'accepting') return 'alive'
  if (probe === 'no-response')
    return isStreaming && silentSeconds <= streamMomentSeconds && !isGone ? 'alive' : 'down'
  if (isStreaming && silentSeconds <= streamSilenceMaxSeconds) return 'alive'
  return isStreaming && probe === null ? 'alive' : 'unclear'
}
