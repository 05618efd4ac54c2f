import type { HostObservation, MachineFacts, Observation } from '@/lib/domain/observation'
import { otherRole, type Role } from '@/lib/domain/pair'
import { type Clock, toInstant } from '@/lib/time'
import type { HostWatch } from '@/lib/watch/host-watch'

export type HostWatches = Readonly<Record<Role, HostWatch>>

/** A server that has not answered by then is asked for from the other host, while its own answer is still awaited. */
const slowMs = 200

type Options = {
  /** What of the other host is asked for; null: nothing. */
  readonly asksPeers: 'postgres' | 'ssh' | null
  readonly postgresPort: number
  readonly sshPorts: Readonly<Record<Role, number>>
  readonly clock: Clock
}
type Peer = Pick<MachineFacts, 'peerPostgres' | 'peerSsh'>

/**
 * The facts of both hosts at one time, read from both at once. A host that hangs delays neither the other nor the
 * observation by more than about a second. When one host's PostgreSQL is slow or silent, or the standby's stream is
 * down, and `asksPeers` is set, the other host says whether it takes connections: the second side that a verdict needs.
 */
export async function observePair(watches: HostWatches, options: Options): Promise<Observation> {
  const startedAt = performance.now()
  const at = toInstant(options.clock.now())
  const looks = { primary: watches.primary.look(), standby: watches.standby.look() }
  const seenBy = (observer: Role) =>
    options.asksPeers ? askWhenInDoubt(watches, looks, observer, options) : Promise.resolve(null)
  const [primary, standby, byPrimary, byStandby] = await Promise.all([
    looks.primary,
    looks.standby,
    seenBy('primary'),
    seenBy('standby'),
  ])
  return {
    at,
    tookMs: Math.round((performance.now() - startedAt) * 10) / 10,
    hosts: { primary: withPeer(primary, byPrimary), standby: withPeer(standby, byStandby) },
  }
}

async function askWhenInDoubt(
  watches: HostWatches,
  looks: Readonly<Record<Role, Promise<HostObservation>>>,
  observer: Role,
  { asksPeers, postgresPort, sshPorts }: Options,
): Promise<Peer | null> {
  const other = otherRole(observer)
  const { address } = watches[other].door
  const isUnseen = looks[other].then(({ server, machine }) =>
    asksPeers === 'ssh' ? !machine.seen : !server.seen,
  )
  const isInDoubt = (await soon(isUnseen)) || (await isStreamDown(looks, observer))
  if (!isInDoubt) return null
  const watch = watches[observer]
  const answer: Promise<Peer> =
    asksPeers === 'ssh'
      ? watch
          .askPeerSsh({ address, port: sshPorts[other] })
          .then((peerSsh) => ({ peerPostgres: null, peerSsh }))
      : watch
          .askPeer({ address, port: postgresPort })
          .then((peerPostgres) => ({ peerPostgres, peerSsh: null }))
  // An observer that is itself not seen has nothing to say: its time-out is not waited for.
  const blind = looks[observer].then(({ machine }) => (machine.seen ? answer : null))
  return Promise.race([answer, blind])
}

/** True too when it takes longer than `slowMs` to tell. */
async function soon(isUnseen: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const slow = new Promise<true>((resolve) => {
    timer = setTimeout(() => resolve(true), slowMs)
  })
  const outcome = await Promise.race([isUnseen, slow])
  clearTimeout(timer)
  return outcome
}

async function isStreamDown(
  looks: Readonly<Record<Role, Promise<HostObservation>>>,
  observer: Role,
): Promise<boolean> {
  const { server } = await looks[observer]
  return server.seen && server.value.inRecovery && server.value.receiver?.status !== 'streaming'
}

function withPeer(host: HostObservation, peer: Peer | null): HostObservation {
  if (!host.machine.seen || peer === null) return host
  return { ...host, machine: { ...host.machine, value: { ...host.machine.value, ...peer } } }
}
