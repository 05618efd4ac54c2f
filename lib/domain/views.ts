import type { FoundReplication } from '@/lib/domain/adopt/found-replication'
import type { Proposal } from '@/lib/domain/adopt/proposal'
import type { Drill } from '@/lib/domain/drill'
import type { DrillOptions } from '@/lib/domain/drill-options'
import type { Host } from '@/lib/domain/host'
import type { HostLock } from '@/lib/domain/host-lock'
import type { ShownPlan } from '@/lib/domain/inputs'
import type { LeftOut } from '@/lib/domain/left-out'
import type { DirectoryRun, Instant, Observation } from '@/lib/domain/observation'
import type {
  Operation,
  OperationKind,
  OperationState,
  Plan,
  RecordedEvent,
  StepState,
} from '@/lib/domain/operation'
import type { OperationPermissions } from '@/lib/domain/operation-verbs'
import type { Pair, Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import type { ActionId, PairState } from '@/lib/domain/states'
import type { ProgressLine } from '@/lib/domain/step-progress'
import type { UserRole } from '@/lib/domain/user'
import type { Verdict } from '@/lib/domain/verdict'
import type { PublicError } from '@/lib/errors'

/** What pages, command line and API answers show. JSON all the way: these cross the wire as they are. */

export type ActionView = { readonly action: ActionId; readonly allowed: boolean; readonly reason: string }

export type StateChange = {
  readonly at: Instant
  readonly from: PairState | null
  readonly to: PairState
  readonly reason: string
}

export type OperationSummary = {
  readonly id: string
  readonly kind: OperationKind
  readonly state: OperationState
  readonly startedBy: string
  readonly createdAt: Instant
  readonly endedAt: Instant | null
}

/** What of a directory the page needs beside its setting and its facts. */
export type DirectoryView = {
  readonly id: string
  /** E.g. `every 5 minutes`. */
  readonly scheduleWords: string
  /** The last good run is older than the schedule allows. */
  readonly isStale: boolean
  /** When its schedule copies it next, by the dashboard's clock; null where nothing does, or that is not seen. */
  readonly nextRunAt: Instant | null
}

/** When drills begin by themselves. */
export type DrillScheduleView = {
  /** Five fields, in UTC. */
  readonly cron: string
  /** E.g. `at 03:00, only on Sunday (UTC)`. */
  readonly words: string
  readonly nextAt: Instant | null
}

/** As much of a drill as stands with its pair: that view is sent anew each second. */
export type DrillSummary = Pick<Drill, 'operationId' | 'startedAt' | 'endedAt' | 'outcome' | 'recoveryMs'>

/** What drills of a pair have shown, the latest first, and when they begin by themselves. */
export type DrillsView = {
  readonly drills: readonly Drill[]
  readonly schedule: (DrillScheduleView & { readonly options: DrillOptions; readonly by: string }) | null
}

export type PairView = {
  readonly pair: Pair
  readonly profileTitle: string
  /** Why its profile can't be used, so that nobody looks at the hosts and nothing can be started; null where it can. */
  readonly profileProblem: PublicError | null
  /** What of its application it leaves out. */
  readonly leftOut: readonly LeftOut[]
  /** What its profile asks the database for files by: titles of queries. Empty: which files rows refer to is not known. */
  readonly rowFiles: readonly string[]
  readonly hosts: Readonly<Record<Role, Host>>
  /** Null until the worker has looked once. */
  readonly observation: Observation | null
  readonly verdict: Verdict | null
  /** In the order of the pair's settings. */
  readonly directories: readonly DirectoryView[]
  readonly actions: readonly ActionView[]
  readonly operation: OperationSummary | null
  readonly drills: { readonly last: DrillSummary | null; readonly schedule: DrillScheduleView | null }
  readonly stateChanges: readonly StateChange[]
  readonly recentOperations: readonly OperationSummary[]
}

export type StepView = {
  readonly id: string
  readonly state: StepState
  readonly startedAt: Instant | null
  readonly endedAt: Instant | null
  /** The sentence that its end was recorded with, or the error's. */
  readonly sentence: string
  readonly fix: string
}

export type ShownStep = StepView & {
  /** What it copies, one line for each thing; empty where it copies nothing. */
  readonly progress: readonly ProgressLine[]
}

export type OperationView = {
  readonly operation: Operation
  readonly pairSlug: string
  readonly hostNames: Readonly<Record<Role, string>>
  readonly steps: readonly ShownStep[]
  readonly events: readonly RecordedEvent[]
  readonly verbs: OperationPermissions
}

/** One line of "what was found": the same question asked of both hosts. */
export type FoundFact = {
  /** Stable, kebab-case, e.g. `postgres-version`. */
  readonly id: string
  readonly title: string
  /** In words and units; null where it could not be read, then `note` says why. */
  readonly values: Readonly<Record<Role, string | null>>
  /** One sentence, empty where there is nothing to say. */
  readonly note: string
}

/** What the create wizard shows of two hosts before anything is chosen. */
export type FoundView = {
  readonly facts: readonly FoundFact[]
  /** The host chosen as the standby is one already: somebody else made that. */
  readonly isStandby: boolean
}

/** What replicates between two hosts that are no pair yet, whether it can be observed, and the pair that it would be. */
export type FoundReplicationView = {
  readonly found: FoundReplication
  readonly checks: readonly PreflightCheck[]
  readonly proposal: Proposal
}

export type PreflightView = { readonly checks: readonly PreflightCheck[] }

/** Answer of every verb that starts an operation. */
export type StartedView = { readonly operationId: string }

export type PlanView = {
  readonly plan: Plan
  readonly checks: readonly PreflightCheck[]
  /** Handed back with the start: a plan that would run anything else by then is refused. */
  readonly shown: ShownPlan
}

export type DraftKind = 'create' | 'promote'

/** A wizard's answers so far, kept in the store so that reload, back and a second browser work. */
export type Draft = {
  readonly id: string
  readonly kind: DraftKind
  readonly step: string
  readonly answers: Readonly<Record<string, unknown>>
  readonly updatedBy: string
  readonly updatedAt: Instant
  /** Counts the changes of the answers: a change is made of one version, and refused once there is a later one. */
  readonly version: number
  /** Set once the wizard has started its operation. */
  readonly operationId: string | null
}

export type ProfileSummary = {
  readonly id: string
  readonly title: string
  readonly directories: readonly { id: string; title: string; path: string; log: string; schedule: string }[]
  readonly defaultWalKeepSegments: number
  /** What packages it names; both false: none. */
  readonly packages: { readonly system: boolean; readonly pip: boolean }
}

/** A file of a profile that can't be used. */
export type ProfileProblem = {
  readonly file: string
  /** The profile that is missing because of it, as its id says, or else its name. */
  readonly profileId: string
  /** Each with its place, and how to mend it. */
  readonly sentences: readonly string[]
}

export type AuditRow = {
  readonly id: number
  readonly at: Instant
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly origin: string
  readonly outcome: 'done' | 'refused'
  readonly detail: string
}

export type UserView = {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: UserRole
  readonly createdAt: Instant
}

export type SessionView = {
  readonly user: { id: string; name: string; email: string; role: UserRole } | null
  readonly setupNeeded: boolean
}

/** Answer of a connection test before a host is registered. */
export type AccessTestView = {
  readonly fingerprint: string
  /** Null until the fingerprint was confirmed: nothing is sent to a host that was not recognised. */
  readonly hostname: string | null
  readonly privilege: 'root' | 'sudo' | 'unprivileged' | null
  readonly operatingSystem: string | null
}

/** What a host shows before anything is sent to it. */
export type HostKeyView = {
  readonly fingerprint: string
  /** The pinned one, when a host with this address and port is registered. */
  readonly pinnedFingerprint: string | null
}

/** What the login of a host may do as root there, and what it needs for one pair. */
export type ChangedAccessView = {
  readonly host: Host
  /** What was set up with the access as it was, and what is to be done about it: a sentence each. */
  readonly notes: readonly string[]
}

export type HostRightsView = {
  readonly slug: string
  /** `not-needed`: the login is root. Else as `lib/operations/rights/rights-state.ts` says. */
  readonly state: 'not-needed' | 'exact' | 'outdated' | 'changed' | 'other-login' | 'unrestricted' | 'none'
  readonly sentence: string
  readonly fix: string
  /** The fragment of sudoers; empty where none is needed. */
  readonly sudoers: string
  /** What an administrator of the host runs there as root to install it all, or to take it away; empty where none is needed. */
  readonly installScript: string
  readonly removeScript: string
  /** What is permitted and not needed (`- `), and what is needed and not permitted (`+ `); empty where nothing is, or all is as it must be. */
  readonly difference: string
}

/** Which operation holds a host. `lock` is null where there is none, and where it can't be read. */
export type HostLockView = {
  readonly isHeld: boolean
  readonly lock: HostLock | null
  /** Seconds since its dashboard gave the last sign of life, by the host's clock; null where there is no lock. */
  readonly ageSeconds: number | null
  readonly sentence: string
  readonly fix: string
  /** What is typed to break it; empty where there is none. */
  readonly words: string
}

/** A log file that can be read. `id` is a directory's id, `warm-standby`, or the name of a file of packages, e.g. `rsync_pip_req`. */
export type LogFileView = { readonly id: string; readonly title: string; readonly path: string }

/** A piece of a log file; `offset` and `nextOffset` in bytes. */
export type LogChunk = {
  readonly path: string
  /** Which file it is: a rotated log's next piece is of another. */
  readonly file: string
  readonly offset: number
  readonly nextOffset: number
  readonly sizeBytes: number
  readonly text: string
}

/** What a search through a whole log found. */
export type LogMatchesView = {
  readonly path: string
  readonly file: string
  readonly sizeBytes: number
  /** Lines that match in all. */
  readonly count: number
  /** The latest of them, oldest first, with the byte of the file that each begins at. */
  readonly lines: readonly { readonly offset: number; readonly text: string }[]
}

/** A browser in which one is signed in. */
export type OwnSessionView = {
  readonly id: string
  /** The one that asks. */
  readonly isThis: boolean
  readonly since: Instant
  /** Prolonged at most once an hour. */
  readonly lastUsedAt: Instant
  /** What the browser says it is; empty when it said nothing. */
  readonly userAgent: string
}

/** Events of `/api/v1/stream`. The event's data is the whole new view, so a client can put it straight into its cache. */
export type StreamEvent =
  | { readonly type: 'pair'; readonly slug: string; readonly view: PairView }
  | { readonly type: 'operation'; readonly id: string; readonly view: OperationView }
  /** Names of all pairs that there are: sent on opening and when one was removed. What is not among them is gone. */
  | { readonly type: 'pairs'; readonly slugs: readonly string[] }
  /** Sent after the current views on opening, then every 2 s: the line is alive, and what the dashboard's own clock says. */
  | { readonly type: 'beat'; readonly at: Instant }

/** By the ids of a pair's directories their latest runs, newest first. */
export type RecentRuns = Readonly<Record<string, readonly DirectoryRun[]>>
