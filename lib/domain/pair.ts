import type { Adoption } from '@/lib/domain/adopt/adoption'
import type { DrillSchedule } from '@/lib/domain/drill-schedule'
import type { HostId } from '@/lib/domain/host'
import type { PackageSetting } from '@/lib/domain/package-setting'
import type { Pause } from '@/lib/domain/pause'
import type { OwedHost } from '@/lib/domain/unpair'

export type PairId = string

/** PostgreSQL's words. */
export const roles = ['primary', 'standby'] as const
export type Role = (typeof roles)[number]

export const otherRole = (role: Role): Role => (role === 'primary' ? 'standby' : 'primary')

/** What the pair protects. */
export type Scope = {
  readonly database: boolean
  readonly files: boolean
  /** Absent in pairs that were made before there were packages: then they are left out. */
  readonly packages?: boolean | undefined
}

/** The directory that the seed's `--ignore-vault` leaves out. */
export const vaultId = 'vault'

/** Five-field cron expression as cron(8) reads it. */
type CronSchedule = string

export type DirectorySetting = {
  /** Id of the directory in the profile, e.g. `vault`. */
  readonly id: string
  readonly title: string
  /** Absolute path, the same on both hosts. */
  readonly path: string
  /** File name of its human-readable log in the profile's log directory. */
  readonly log: string
  readonly schedule: CronSchedule
}

/** Whether somebody is asked before a former primary that came back writable is fenced, or it is fenced by itself. */
export const fenceReturnedChoices = ['ask', 'automatic'] as const
export type FenceReturned = (typeof fenceReturnedChoices)[number]

export type PairSettings = {
  /** WAL kept on the primary for a standby that is away, in segments (16 MiB by default). */
  readonly walKeepSegments: number
  readonly directories: readonly DirectorySetting[]
  /** WAL that the standby's replication slot may hold back at most, in segments; nothing: the pair has no slot. */
  readonly slotWalSegments?: number | null | undefined
  /** `ask` where nothing is said. */
  readonly fenceReturned?: FenceReturned | undefined
  /** For packages in the scope: what holds where nothing is said, `packageSettingOf` knows. */
  readonly packages?: PackageSetting | undefined
}

/** Whether directories flow to the standby. */
export const copiesFiles = ({
  scope,
  settings,
}: {
  readonly scope: Pick<Scope, 'files'>
  readonly settings: Pick<PairSettings, 'directories'>
}): boolean => scope.files && settings.directories.length > 0

export type Pair = {
  readonly id: PairId
  /** Lower-case, digits and dashes; unique; in URLs and in file names on hosts. */
  readonly slug: string
  readonly profileId: string
  readonly scope: Scope
  readonly settings: PairSettings
  /** Which host is expected in which role. They swap when a promotion is proved. */
  readonly hosts: Readonly<Record<Role, HostId>>
  /** False until a create operation has finished. */
  readonly isPaired: boolean
  /**
   * Set when a promotion left the other host behind: its machine must not come back writable.
   * `fenced`: proved stopped and marked `standby.signal`; `watched`: unreachable, fence on return.
   */
  readonly formerPrimary: 'none' | 'fenced' | 'watched'
  /** What an operator has paused; nothing: everything goes on. */
  readonly pause?: Pause | null | undefined
  /** Hosts that were away when the pair was taken apart, and are cleaned when they answer; absent where there are none. */
  readonly owed?: readonly OwedHost[] | undefined
  /** Somebody else made it: what of it is not taken over is only looked at. Nothing: a create made it. */
  readonly adoption?: Adoption | null | undefined
  /** When drills begin by themselves; nothing: on request alone. */
  readonly drillSchedule?: DrillSchedule | null | undefined
}
