import type { Instant, ServerFacts } from '@/lib/domain/observation'
import type { Role } from '@/lib/domain/pair'
import { addressAsNetwork } from '@/lib/domain/pair-names'
import type { PairView } from '@/lib/domain/views'

/** What the seed's `--status` says about one host. */
export type SeedStatus =
  | { readonly looksLike: 'nothing' }
  | {
      readonly looksLike: 'primary'
      readonly version: string
      readonly standbyAddress: string
      readonly isStreaming: boolean
      readonly walSegmentsConfigured: number
      readonly isVaultSyncConfigured: boolean
    }
  | {
      readonly looksLike: 'standby'
      readonly version: string
      /** By the host's clock; null when nothing has been replayed. */
      readonly lastUpdatedAt: Instant | null
      readonly timeZone: string
      readonly walSegmentsInUse: number
      readonly walSegmentsConfigured: number
      readonly isRsyncConfigured: boolean
    }

/**
 * The text that the seed's `--status` prints, word for word, leading spaces included
 * (Splunk Phantom 4.10.7, "How to check the status of warm standby"). `seedName` is the profile's, e.g. `Phantom`.
 */
export function printSeedStatus(status: SeedStatus, seedName: string): string {
  if (status.looksLike === 'nothing')
    return [
      ' ========= Processed Params =========',
      '   Warm Standby not yet configured',
      ' =========  Script Done =========',
    ].join('\n')
  const lines = status.looksLike === 'primary' ? primaryLines(status) : standbyLines(status)
  return [
    '  ========= Processed Params =========',
    `  Current ${seedName} Version: ${status.version}`,
    ...lines,
    '  =========  Script Done =========',
  ].join('\n')
}

type Of<Kind> = Extract<SeedStatus, { looksLike: Kind }>

function primaryLines(status: Of<'primary'>): string[] {
  return [
    '   Instance looks like Primary',
    `    DB replication configured with Standby set to:  ${status.standbyAddress}`,
    `    DB replication ${status.isStreaming ? '' : 'not '}currently streaming`,
    `    WAL segments configured: ${status.walSegmentsConfigured}`,
    `    Vault sync ${status.isVaultSyncConfigured ? '' : 'not '}configured`,
  ]
}

function standbyLines(status: Of<'standby'>): string[] {
  const updated = status.lastUpdatedAt ? toSeedTime(status.lastUpdatedAt, status.timeZone) : 'never'
  return [
    '   Instance looks like Standby',
    '    DB replication configured',
    `    DB last updated ${updated}`,
    `    WAL segments in use: ${status.walSegmentsInUse}`,
    `    WAL segments configured: ${status.walSegmentsConfigured}`,
    `    rsync ${status.isRsyncConfigured ? '' : 'not '}configured`,
  ]
}

/** `Wednesday 2026-11-25 14:07:30`, in the host's own time zone. */
export function toSeedTime(instant: Instant, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'long',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(instant))
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((candidate) => candidate.type === type)?.value ?? ''
  return `${part('weekday')} ${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`
}

/**
 * What the seed would say of one host of a pair. Null with nothing to say it from: the host's facts have not been seen
 * (the caller then says why, from the observation).
 */
export function seedStatusOf(view: PairView, role: Role): SeedStatus | null {
  if (!view.pair.isPaired) return { looksLike: 'nothing' }
  const host = view.observation?.hosts[role]
  if (!host?.server.seen || !host.machine.seen) return null
  const server = host.server.value
  const machine = host.machine.value
  const version = machine.applicationVersion ?? 'unknown'
  const common = { version, walSegmentsConfigured: server.walSegmentsConfigured }
  const hasFiles = view.pair.scope.files && view.pair.settings.directories.length > 0
  if (server.inRecovery)
    return {
      ...common,
      looksLike: 'standby',
      lastUpdatedAt: server.lastReplayedCommitAt,
      timeZone: machine.timeZone,
      walSegmentsInUse: server.walSegmentsInUse,
      isRsyncConfigured: hasFiles && machine.syncScheduled,
    }
  const other = view.hosts[role === 'primary' ? 'standby' : 'primary']
  return {
    ...common,
    looksLike: 'primary',
    standbyAddress: addressAsNetwork(other.address),
    isStreaming: isStreamingTo(server, other.address),
    isVaultSyncConfigured: hasFiles,
  }
}

const isStreamingTo = ({ senders }: ServerFacts, address: string) =>
  senders.some((sender) => sender.state === 'streaming' && sender.clientAddress === address)
