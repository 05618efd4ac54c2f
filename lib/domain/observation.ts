import type { FileRole } from '@/lib/domain/file-role'
import type { Lsn } from '@/lib/domain/lsn'
import type { DriftSummary } from '@/lib/domain/package-drift'
import type { Role } from '@/lib/domain/pair'
import type { PromotedByHand } from '@/lib/domain/promoted-by-hand'
import type { PublicError } from '@/lib/errors'

/** Instants are ISO 8601 strings in UTC, by the clock that the field's comment names. */
export type Instant = string

/** A fact that could be read, or why not. Absence is never an empty value. */
export type Seen<T> =
  | { readonly seen: true; readonly value: T; readonly at: Instant }
  | { readonly seen: false; readonly why: PublicError; readonly at: Instant }

export type ServerFacts = {
  /** `server_version_num`, e.g. 150018. */
  readonly versionNum: number
  readonly version: string
  readonly systemIdentifier: string
  readonly inRecovery: boolean
  readonly timeline: number
  /** Primary: `pg_current_wal_lsn`, else null. */
  readonly currentLsn: Lsn | null
  /** Standby: `pg_last_wal_receive_lsn` / `pg_last_wal_replay_lsn`, else null. */
  readonly receivedLsn: Lsn | null
  readonly replayedLsn: Lsn | null
  readonly replayPaused: boolean
  /** Commit time of the last transaction replayed, by the primary's clock. */
  readonly lastReplayedCommitAt: Instant | null
  readonly walSegmentBytes: number
  /** Files of 24 hexadecimal digits in pg_wal. */
  readonly walSegmentsInUse: number
  /** wal_keep_size / segment size from 13 on, wal_keep_segments before. */
  readonly walSegmentsConfigured: number
  /** Start of the oldest segment in pg_wal; null when there is none. What is before it can't be streamed any more. */
  readonly oldestWalLsn: Lsn | null
  /** By the host's clock. */
  readonly startedAt: Instant
  readonly dataDirectory: string
  readonly port: number
  /** What each walsender of a primary says; empty on a standby. */
  readonly senders: readonly SenderFacts[]
  /** The standby's WAL receiver, null when none runs. */
  readonly receiver: ReceiverFacts | null
  readonly slots: readonly SlotFacts[]
}

type SlotFacts = {
  readonly name: string
  readonly active: boolean
  /** `reserved`, `extended`, `unreserved` or `lost`; null before PostgreSQL 13. */
  readonly walStatus: string | null
  readonly restartLsn: Lsn | null
}

export type SenderFacts = {
  readonly applicationName: string
  readonly clientAddress: string | null
  readonly state: string
  readonly sentLsn: Lsn | null
  readonly flushLsn: Lsn | null
  readonly replayLsn: Lsn | null
}

type ReceiverFacts = {
  readonly status: string
  readonly senderHost: string | null
  readonly timeline: number | null
  /** The primary's position as the stream last told it: a second way to know it. */
  readonly latestEndLsn: Lsn | null
  /** Seconds since the last message of the stream, by the standby's own clock; at most about 30 on an idle primary. */
  readonly lastMessageAgeSeconds: number | null
}

export type DirectoryRun = {
  /** By the host's clock. */
  readonly startedAt: Instant
  readonly endedAt: Instant
  readonly exitCode: number
  /** Closed list of the runner: `ok`, `skipped-overlap`, `skipped-role`, `failed` … */
  readonly result: string
  readonly files: number
  readonly bytes: number
  readonly deletions: number
  readonly reason: string
}

export type DirectoryFacts = {
  readonly id: string
  readonly lastRun: DirectoryRun | null
  readonly lastGoodRun: DirectoryRun | null
  /** Runs that did not end well since the last good one. */
  readonly failuresSinceGood: number
  readonly isRunning: boolean
}

/** What a run that keeps the packages did (`host/understudy-packages`). Instants by the host's clock. */
export type PackageRun = {
  readonly startedAt: Instant
  readonly endedAt: Instant
  readonly exitCode: number
  /** Closed list of the runner: `ok`, `failed-install`, `failed-list`, `failed-connection`, `skipped-role` … */
  readonly result: string
  /** Packages of the primary; how many of them are missing here after the run, and how many are here in another version. */
  readonly listed: number
  readonly missing: number
  readonly other: number
  /** Packages that the run installed. */
  readonly installed: number
  /** Runs in a row that did not end well, this one among them. */
  readonly failures: number
  readonly reason: string
}

export type PackageFacts = {
  readonly lastRun: PackageRun | null
  /** The last that kept the lists, whether or not all could be installed. */
  readonly lastGoodRun: PackageRun | null
  readonly isRunning: boolean
}

export type MachineFacts = {
  /**
   * When what costs processes to find out was asked last and answered: clock, time zone, disk and application, and the schedule where
   * it stands in a user's crontab. By the dashboard's clock; everything else is as old as the observation.
   */
  readonly inventoryAt: Instant
  /** Why that can't be read any more: then it is too old to be told, and disk and application are null. Null while it can be. */
  readonly inventoryFailure: PublicError | null
  readonly hostname: string
  readonly machineId: string
  readonly bootId: string
  readonly uptimeSeconds: number
  /** Host clock minus ours in milliseconds, corrected by half the round trip. */
  readonly clockOffsetMs: number
  /** Uncertainty of the above: half the round trip, milliseconds. */
  readonly clockErrorMs: number
  readonly timeZone: string
  readonly dataDiskFreeBytes: number | null
  readonly dataDiskTotalBytes: number | null
  /** The postmaster in the process table: `stopped` is SIGSTOP. Null where it can't be told. */
  readonly postgresProcess: 'running' | 'stopped' | 'absent' | null
  readonly cronRunning: boolean
  readonly applicationVersion: string | null
  readonly applicationActive: boolean | null
  /** Is the pair's sync schedule installed on this host. */
  readonly syncScheduled: boolean
  readonly directories: readonly DirectoryFacts[]
  /** What keeps the packages; null where the pair keeps none, absent in observations that were stored before it was told. */
  readonly packages?: PackageFacts | null | undefined
  /** From this host: does the other host's PostgreSQL answer (`pg_isready` exit code), null when not asked. */
  readonly peerPostgres: 'accepting' | 'rejecting' | 'no-response' | null
  /** From this host: does anything answer at the other's SSH port; asked only where the pair has no database. */
  readonly peerSsh: 'accepting' | 'no-response' | null
  /** What this host says that it is for the files, where the pair has no database; null where it says nothing. */
  readonly fileRole: FileRole | null
  /** What a promotion by the break-glass kit left on this host; null or absent where there was none. */
  readonly promotedByHand?: PromotedByHand | null
}

export type HostObservation = {
  readonly machine: Seen<MachineFacts>
  readonly server: Seen<ServerFacts>
}

/** The facts read from both hosts at one time. */
export type Observation = {
  /** How the packages of both hosts differ, with its own age; null where the pair keeps none, or nobody has read them yet. */
  readonly packages?: DriftSummary | null | undefined
  /** By the dashboard's clock. */
  readonly at: Instant
  /** Wall time that the observation took, milliseconds. */
  readonly tookMs: number
  readonly hosts: Readonly<Record<Role, HostObservation>>
}
