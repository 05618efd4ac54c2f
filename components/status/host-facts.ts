import { isOwn } from '@/lib/domain/adopt/adoption'
import { standbySetTo, vaultSyncConfigured } from '@/lib/domain/configured'
import { formatBytes } from '@/lib/domain/format-bytes'
import type { Host } from '@/lib/domain/host'
import { inventoryLateMs } from '@/lib/domain/limits'
import type { HostObservation, Instant, MachineFacts, Seen, ServerFacts } from '@/lib/domain/observation'
import type { Pair } from '@/lib/domain/pair'
import { isSlotOdd, slotWords } from '@/lib/domain/slot-words'
import type { PairView } from '@/lib/domain/views'

/** One line of a host's card. `value` null: not known now. */
export type HostFact = {
  readonly label: string
  readonly value: string | null
  readonly at: Instant | null
  /** Older than this it is late, where it is not read each second. */
  readonly lateAfterSeconds?: number
  readonly mono?: true
  /** Not as it should be. */
  readonly isOdd?: true
}

type Line<T> = (label: string, value: (facts: T) => string | null, more?: Partial<HostFact>) => HostFact

const lineOf =
  <T>(seen: Seen<T> | undefined): Line<T> =>
  (label, value, more) => ({
    label,
    value: seen?.seen ? value(seen.value) : null,
    at: seen?.seen ? seen.at : null,
    ...more,
  })

const configured = (is: boolean) => (is ? 'configured' : 'not configured')

type Age = Pick<HostFact, 'at' | 'lateAfterSeconds'>

/** Of what is asked only now and then: its own age, not that of the look. */
const inventoryAge = (machine: Seen<MachineFacts> | undefined): Age =>
  machine?.seen ? { at: machine.value.inventoryAt, lateAfterSeconds: inventoryLateMs / 1000 } : { at: null }

/** A schedule in a user's crontab is asked for with the inventory. */
const scheduleAge = ({ privilege }: Host, machine: Seen<MachineFacts> | undefined): Partial<Age> =>
  privilege === 'unprivileged' ? inventoryAge(machine) : {}

const fileRoleWords = { primary: 'Primary', standby: 'Standby', former: 'Former primary' } as const

/** The seed's first line: what PostgreSQL on this host looks like; without a database, what the host says itself. */
export function looksLike(host: HostObservation | undefined, hasDatabase: boolean): string | null {
  if (!host) return null
  if (!hasDatabase) {
    const role = host.machine.seen ? host.machine.value.fileRole : null
    return role && fileRoleWords[role]
  }
  if (host.server.seen) return host.server.value.inRecovery ? 'Standby' : 'Primary'
  return host.server.why.code === 'POSTGRES_DOWN' ? 'PostgreSQL is stopped' : null
}

/** What the card of the host that is expected to be primary says, in the seed's words where it has them. */
export function primaryFacts(
  view: Pick<PairView, 'pair' | 'hosts' | 'observation'>,
  walBytesPerSecond: number | null,
): readonly HostFact[] {
  const { pair, hosts, observation } = view
  const host = observation?.hosts.primary
  const server = lineOf<ServerFacts>(host?.server)
  const seen = host?.server.seen ? host.server.value : null
  const sender = seen?.senders.find((each) => each.clientAddress === hosts.standby.address)
  const ofDatabase = [
    server('PostgreSQL', ({ version, inRecovery }) =>
      inRecovery ? `${version}, in recovery` : `${version}, accepting writes`,
    ),
    server('Timeline, LSN', ({ timeline, currentLsn }) => `${timeline} · ${currentLsn ?? 'none'}`, {
      mono: true,
    }),
    server('WAL written', () => (walBytesPerSecond === null ? null : `${formatBytes(walBytesPerSecond)}/s`)),
    server('Standby set to', () => standbySetTo(view, 'primary') ?? 'none', { mono: true }),
    server('Streaming', () => (sender ? sender.state : 'not streaming'), sender ? {} : { isOdd: true }),
    ...walFacts(server),
    ...(seen && seen.slots.length > 0
      ? [server('Slot', slotWords, isSlotOdd(seen) ? { isOdd: true } : {})]
      : []),
  ]
  return [...(pair.scope.database ? ofDatabase : []), vaultFact(view), ...machineFacts(host?.machine)]
}

/** The standby pulls: whether the primary's files are synced is seen there. */
function vaultFact(view: Pick<PairView, 'pair' | 'hosts' | 'observation'>): HostFact {
  const is = vaultSyncConfigured(view)
  const machine = view.observation?.hosts.standby.machine
  return {
    label: 'Vault sync',
    value: is === null ? null : configured(is),
    at: machine?.seen ? machine.at : null,
    ...scheduleAge(view.hosts.standby, machine),
  }
}

/** What the card of the host that is expected to be standby says. */
export function standbyFacts(
  standby: Host,
  host: HostObservation | undefined,
  lastUpdated: string | null,
  pair: Pick<Pair, 'scope' | 'adoption'>,
): readonly HostFact[] {
  const server = lineOf<ServerFacts>(host?.server)
  const machine = lineOf<MachineFacts>(host?.machine)
  const receiver = host?.server.seen ? host.server.value.receiver : null
  const ofDatabase = [
    server('PostgreSQL', ({ version, inRecovery }) =>
      inRecovery ? `${version}, in recovery` : `${version}, accepting writes`,
    ),
    server(
      'Timeline, LSN',
      ({ timeline, replayedLsn, currentLsn }) => `${timeline} · ${replayedLsn ?? currentLsn ?? 'none'}`,
      { mono: true },
    ),
    server('DB last updated', () => lastUpdated),
    server(
      'Receiving from',
      () => receiver?.senderHost ?? 'nowhere',
      receiver ? { mono: true } : { isOdd: true },
    ),
    server('Replay', ({ replayPaused, inRecovery }) =>
      inRecovery ? (replayPaused ? 'paused' : 'running') : 'not in recovery',
    ),
    ...walFacts(server),
  ]
  return [
    ...(pair.scope.database ? ofDatabase : []),
    isOwn(pair, 'files')
      ? machine(
          'rsync',
          ({ syncScheduled }) => configured(syncScheduled),
          scheduleAge(standby, host?.machine),
        )
      : machine('rsync', () => 'by jobs of somebody else’s'),
    ...machineFacts(host?.machine),
  ]
}

function walFacts(server: Line<ServerFacts>): readonly HostFact[] {
  return [
    server(
      'WAL segments',
      ({ walSegmentsInUse, walSegmentsConfigured }) =>
        `${walSegmentsInUse} in use, ${walSegmentsConfigured} configured`,
    ),
  ]
}

function machineFacts(seen: Seen<MachineFacts> | undefined): readonly HostFact[] {
  const age = inventoryAge(seen)
  const machine = lineOf(seen)
  return [
    machine('Application', applicationText, age),
    machine('Disk free', diskText, age),
    machine('Clock', ({ clockOffsetMs, clockErrorMs }) => formatOffset(clockOffsetMs, clockErrorMs), age),
  ]
}

function applicationText({ applicationVersion, applicationActive }: MachineFacts): string | null {
  const state = applicationActive === null ? '' : applicationActive ? 'running' : 'stopped'
  return [applicationVersion, state].filter(Boolean).join(', ') || null
}

const diskText = ({ dataDiskFreeBytes: free, dataDiskTotalBytes: total }: MachineFacts): string | null =>
  free === null || total === null ? null : `${formatBytes(free)} of ${formatBytes(total)}`

/** Difference of a host's clock to the dashboard's: never more exact than it was measured. */
export function formatOffset(offsetMs: number, errorMs: number): string {
  const sign = offsetMs < 0 ? '−' : '+'
  const size = Math.abs(offsetMs)
  const text = size >= 10_000 ? `${Math.round(size / 1000)} s` : `${Math.round(size)} ms`
  return size <= errorMs ? `in step, ±${Math.ceil(errorMs)} ms` : `${sign}${text}, ±${Math.ceil(errorMs)} ms`
}
