import type { Instant } from '@/lib/domain/observation'
import type { Role } from '@/lib/domain/pair'

/** Who made a replication, as what it left on the hosts tells. */
const replicationMakers = [
  'pg_basebackup',
  'repmgr',
  'seed-script',
  'patroni',
  'pg_auto_failover',
  'other-manager',
  'hand',
] as const
export type ReplicationMaker = (typeof replicationMakers)[number]

/** Something that was recognised, in a sentence, with what it was recognised by: the host, what was read there, word for word. */
export type Finding = {
  /** Stable, kebab-case. */
  readonly id: string
  readonly title: string
  readonly sentence: string
  readonly evidence: readonly string[]
}

/** Of which part of the pair it tells. */
export type FindingOf = Finding & { readonly piece: 'replication' | 'files' }

/** A directory that a job copies from one host to the other. */
export type FoundCopy = {
  /** Where it lies on the primary, and on the standby. */
  readonly from: string
  readonly to: string
  /** The standby fetches it, or the primary brings it. */
  readonly direction: 'pull' | 'push'
  readonly deletes: boolean
  /** Options that leave some of it out. */
  readonly filters: readonly string[]
}

type JobPlace =
  | { readonly kind: 'crontab'; readonly user: string }
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'timer'
      readonly timer: string
      readonly service: string
      readonly isActive: boolean
      readonly isEnabled: boolean
    }

/** A job of somebody else’s that copies directories of the pair. */
export type FoundJob = {
  readonly role: Role
  readonly place: JobPlace
  readonly schedule: string | null
  readonly runsAs: string
  /** Without what looks like a secret. */
  readonly line: string
  /** SHA-256 of the whole line. */
  readonly digest: string
  readonly script: string | null
  readonly copies: readonly FoundCopy[]
}

/** A program that fails over by itself, as it stands on a host; `unit`: what systemd starts it by. */
export type FoundManager = {
  readonly role: Role
  readonly program: string
  readonly unit: string | null
  readonly isActive: boolean
  readonly isEnabled: boolean
}

/** A replication that Understudy did not make. No secret is in it. */
export type FoundReplication = {
  /** By the dashboard's clock. */
  readonly readAt: Instant
  readonly maker: ReplicationMaker
  readonly findings: readonly FindingOf[]
  /** How the primary knows the standby's stream; null where none came in when it was looked at. */
  readonly stream: {
    readonly applicationName: string
    readonly clientAddress: string | null
    readonly slot: string | null
  } | null
  readonly jobs: readonly FoundJob[]
  readonly managers: readonly FoundManager[]
}

/** Where a job stands, in words. */
export function jobPlaceWords({ place }: Pick<FoundJob, 'place'>): string {
  if (place.kind === 'crontab') return `the crontab of ${place.user}`
  return place.kind === 'file' ? place.path : `the timer ${place.timer}`
}
