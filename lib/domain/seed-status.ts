import { isOwn } from '@/lib/domain/adopt/adoption'
import { isSetToFollow, isStreamingTo, standbySetTo, vaultSyncConfigured } from '@/lib/domain/configured'
import { lastUpdatedAt } from '@/lib/domain/last-update'
import type { HostObservation, Instant, MachineFacts } from '@/lib/domain/observation'
import type { Role } from '@/lib/domain/pair'
import type { PairView } from '@/lib/domain/views'

/** What the seed's `--status` says about one host. */
export type SeedStatus =
  | { readonly looksLike: 'nothing' }
  | {
      readonly looksLike: 'primary'
      readonly version: string
      /** Null where it is replicated nowhere: the pair leaves it out, or a promotion left the other host behind. */
      readonly database: {
        /** As `<ip>/32`. */
        readonly standbySetTo: string
        readonly isStreaming: boolean
        readonly walSegmentsConfigured: number
      } | null
      /** Null while the standby, which has the schedule, is not seen. */
      readonly isVaultSyncConfigured: boolean | null
    }
  | {
      readonly looksLike: 'standby'
      readonly version: string
      /** Null where it follows nobody: the pair leaves its database out, or a promotion left this host behind. */
      readonly database: {
        /** By the primary's clock; null where it is not known. */
        readonly lastUpdatedAt: Instant | null
        readonly timeZone: string
        readonly walSegmentsInUse: number
        readonly walSegmentsConfigured: number
      } | null
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

/** What the seed does not show, as a pair without its database (`--ignore-database`), is said in its own manner. */
const notReplicated = '    DB replication not configured'
const configuredWords = (is: boolean | null) =>
  is === null ? 'unknown' : is ? 'configured' : 'not configured'

function primaryLines(status: Of<'primary'>): string[] {
  const { database } = status
  return [
    '   Instance looks like Primary',
    ...(database
      ? [
          `    DB replication configured with Standby set to:  ${database.standbySetTo}`,
          `    DB replication ${database.isStreaming ? '' : 'not '}currently streaming`,
          `    WAL segments configured: ${database.walSegmentsConfigured}`,
        ]
      : [notReplicated]),
    `    Vault sync ${configuredWords(status.isVaultSyncConfigured)}`,
  ]
}

function standbyLines(status: Of<'standby'>): string[] {
  const { database } = status
  return [
    '   Instance looks like Standby',
    ...(database
      ? [
          '    DB replication configured',
          `    DB last updated ${database.lastUpdatedAt ? toSeedTime(database.lastUpdatedAt, database.timeZone) : 'unknown'}`,
          `    WAL segments in use: ${database.walSegmentsInUse}`,
          `    WAL segments configured: ${database.walSegmentsConfigured}`,
        ]
      : [notReplicated]),
    `    rsync ${configuredWords(status.isRsyncConfigured)}`,
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

const looksLikeFile = { primary: 'primary', standby: 'standby', former: 'nothing' } as const

/** By the role that PostgreSQL has, or without a database by what the host says itself; null while that is not seen. */
function lookOf({ pair }: PairView, host: HostObservation): SeedStatus['looksLike'] | null {
  if (pair.scope.database)
    return host.server.seen ? (host.server.value.inRecovery ? 'standby' : 'primary') : null
  const role = host.machine.seen ? host.machine.value.fileRole : null
  return role && looksLikeFile[role]
}

/**
 * What the seed would say of one host of a pair. Null with nothing to say it from: the host's facts have not been seen
 * (the caller then says why, from the observation).
 */
export function seedStatusOf(view: PairView, role: Role): SeedStatus | null {
  if (!view.pair.isPaired) return { looksLike: 'nothing' }
  const host = view.observation?.hosts[role]
  const looksLike = host && lookOf(view, host)
  if (!looksLike || !host.machine.seen) return null
  if (looksLike === 'nothing') return { looksLike }
  const machine = host.machine.value
  const version = machine.applicationVersion ?? 'unknown'
  return looksLike === 'standby'
    ? { looksLike, version, ...standbyStatus(view, role, host, machine) }
    : { looksLike, version, ...primaryStatus(view, role, host) }
}

const hasFiles = ({ pair: { scope, settings } }: PairView) => scope.files && settings.directories.length > 0

function standbyStatus(view: PairView, role: Role, { server }: HostObservation, machine: MachineFacts) {
  const database =
    server.seen && isSetToFollow(view, role)
      ? {
          lastUpdatedAt: lastUpdatedAt(view, role),
          timeZone: machine.timeZone,
          walSegmentsInUse: server.value.walSegmentsInUse,
          walSegmentsConfigured: server.value.walSegmentsConfigured,
        }
      : null
  const isCopied = isOwn(view.pair, 'files')
    ? machine.syncScheduled
    : view.pair.settings.directories.length > 0
  return { database, isRsyncConfigured: hasFiles(view) && isCopied }
}

function primaryStatus(view: PairView, role: Role, { server }: HostObservation) {
  const setTo = standbySetTo(view, role)
  const database =
    server.seen && setTo !== null
      ? {
          standbySetTo: setTo,
          isStreaming: isStreamingTo(server.value, view.hosts.standby.address),
          walSegmentsConfigured: server.value.walSegmentsConfigured,
        }
      : null
  // Nobody pulls from a host that is not the pair's primary.
  return { database, isVaultSyncConfigured: role === 'primary' && vaultSyncConfigured(view) }
}
