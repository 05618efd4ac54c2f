import type { Drill } from '@/lib/domain/drill'
import type { ForkWitness } from '@/lib/domain/fork-witness'
import type { AuthKind, Host, HostId, Privilege } from '@/lib/domain/host'
import type { Instant, Observation } from '@/lib/domain/observation'
import type {
  Operation,
  OperationEvent,
  OperationId,
  OperationState,
  Plan,
  RecordedEvent,
} from '@/lib/domain/operation'
import type { PackageDrifts } from '@/lib/domain/package-drift'
import type { Pair, PairId } from '@/lib/domain/pair'
import type { UserId, UserRole } from '@/lib/domain/user'
import type { Verdict } from '@/lib/domain/verdict'
import type { AuditRow, Draft, DraftKind, StateChange, UserView } from '@/lib/domain/views'

/** Clear text of a host's secret; lives only in memory, encrypted in the store. */
export type HostSecret = {
  readonly privateKey: string | null
  readonly passphrase: string | null
  readonly password: string | null
}

export type NewHost = {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly user: string
  readonly authKind: AuthKind
  readonly hostKeyFingerprint: string
  readonly hostKey: string
  readonly privilege: Privilege
  readonly machineId: string
  readonly home: string
  readonly secret: HostSecret
}

/** How a host is reached and what its login may do there, as it was just proved. */
type HostAccess = Pick<Host, 'address' | 'port' | 'user' | 'authKind' | 'privilege' | 'home'> & {
  readonly secret: HostSecret
}

export type HostRepository = {
  list(): Promise<readonly Host[]>
  find(id: HostId): Promise<Host | null>
  /** Throws CONFLICT when the name, the address and port, or the machine-id is taken. */
  insert(host: NewHost): Promise<Host>
  /** Throws CONFLICT while a pair uses it. */
  remove(id: HostId): Promise<void>
  setHostKey(id: HostId, hostKey: string, fingerprint: string): Promise<void>
  setPrivilege(id: HostId, privilege: Privilege): Promise<void>
  /**
   * The host, whose row stays locked until the transaction's end, and with it that of the pair that it is in: no operation begins
   * on it meanwhile. Null where there is none. Throws CONFLICT when it has just become part of a pair.
   */
  lock(id: HostId): Promise<Host | null>
  /** In place of what was; its `accessRevision` grows. Throws CONFLICT when address and port are another host's. */
  setAccess(id: HostId, access: HostAccess): Promise<Host>
  secret(id: HostId): Promise<HostSecret>
}

/** Secrets of a pair, by name: passwords of the roles that create made. */
export const pairSecretNames = ['replication-password', 'monitor-password'] as const
export type PairSecretName = (typeof pairSecretNames)[number]

export type PairRepository = {
  list(): Promise<readonly Pair[]>
  find(id: PairId): Promise<Pair | null>
  findBySlug(slug: string): Promise<Pair | null>
  /** Throws CONFLICT when the slug is taken or a host is in another pair. */
  insert(pair: Omit<Pair, 'id'>): Promise<Pair>
  update(
    id: PairId,
    change: Partial<
      Pick<
        Pair,
        | 'hosts'
        | 'isPaired'
        | 'formerPrimary'
        | 'pause'
        | 'owed'
        | 'settings'
        | 'scope'
        | 'drillSchedule'
        | 'adoption'
      >
    >,
  ): Promise<void>
  /** The pair, for this transaction alone: whoever else holds it is waited for. Throws NOT_FOUND. */
  hold(id: PairId): Promise<Pair>
  remove(id: PairId): Promise<void>
  secret(id: PairId, name: PairSecretName): Promise<string | null>
  setSecret(id: PairId, name: PairSecretName, value: string): Promise<void>
}

export type OperationRepository = {
  /** Its id is `plan.operationId`. Throws PAIR_BUSY (naming who, when, what) while another operation of the pair is not ended. */
  insert(operation: Omit<Operation, 'id' | 'state' | 'createdAt' | 'endedAt'>): Promise<Operation>
  /** Ties a client's idempotency key to the operation that it started. Throws CONFLICT when it is tied already. */
  setIdempotencyKey(id: OperationId, key: string): Promise<void>
  findByIdempotencyKey(key: string): Promise<Operation | null>
  find(id: OperationId): Promise<Operation | null>
  listOfPair(pairId: PairId, limit: number): Promise<readonly Operation[]>
  /** The one that holds the pair, if any (`isHolding` of its state). */
  current(pairId: PairId): Promise<Operation | null>
  /**
   * Appends an event and moves the operation's state by the domain's transition function, in one transaction;
   * CONFLICT when that refuses, or when `startSeq` is given and the record holds a later `operation.started` than that
   * one: then another worker has taken the operation over. Notifies channel `operations`.
   */
  append(id: OperationId, event: OperationEvent, startSeq?: number): Promise<RecordedEvent>
  events(id: OperationId, afterSeq?: number): Promise<readonly RecordedEvent[]>
  listInState(states: readonly OperationState[]): Promise<readonly Operation[]>
}

/** How the packages of a pair's hosts differ, as they were last read: package by package. */
export type PackageDriftRepository = {
  /** Null where nobody has read them yet. */
  latest(pairId: PairId): Promise<PackageDrifts | null>
  /** In place of what was. Throws NOT_FOUND where there is no such pair. */
  put(pairId: PairId, drifts: PackageDrifts): Promise<void>
}

/** What drills showed, kept from the begin of each on. */
export type DrillRepository = {
  find(operationId: OperationId): Promise<Drill | null>
  /** Keeps it, unless its operation has one already; notifies channel `pairs`. Throws NOT_FOUND where there is no such operation. */
  begin(drill: Drill): Promise<void>
  /** Puts what `change` makes of it in its place, nobody else's change in between; notifies as `begin`. Throws NOT_FOUND. */
  change(operationId: OperationId, change: (drill: Drill) => Drill): Promise<Drill>
  /** The latest first, each as it stands (`asEnded`). */
  listOfPair(pairId: PairId, limit: number): Promise<readonly Drill[]>
}

export type StoredObservation = {
  readonly pairId: PairId
  readonly observation: Observation
  readonly verdict: Verdict
  /** Left out when put: what is kept stays. */
  readonly witness?: ForkWitness
}

export type ObservationRepository = {
  /**
   * Keeps the latest only; notifies channel `pairs` with the pair's id. Throws CONFLICT when a lease's `fence` is given and
   * another process has taken that lease.
   */
  put(entry: StoredObservation, fence?: number): Promise<void>
  latest(pairId: PairId): Promise<StoredObservation | null>
  /** Throws CONFLICT as `put`. */
  addStateChange(pairId: PairId, change: StateChange, fence?: number): Promise<void>
  stateChanges(pairId: PairId, limit: number): Promise<readonly StateChange[]>
}

export type DraftRepository = {
  insert(kind: DraftKind, draft: Pick<Draft, 'step' | 'answers' | 'updatedBy'>): Promise<Draft>
  find(id: string): Promise<Draft | null>
  /**
   * Throws NOT_FOUND, and CONFLICT when `version` is given and the draft has a later one by now. Another step alone makes no
   * new version.
   */
  update(
    id: string,
    change: Partial<Pick<Draft, 'step' | 'answers' | 'updatedBy' | 'operationId'>>,
    version?: number,
  ): Promise<Draft>
}

/** Plans as they were shown, so that a confirmed one is started without reading the hosts again. Kept for a while only. */
export type ShownPlanRepository = {
  keep(plan: Plan): Promise<void>
  /** Null for one that was never kept, or too long ago. */
  find(operationId: OperationId): Promise<Plan | null>
}

export type NewAuditRow = Omit<AuditRow, 'id' | 'at'>

export type AuditRepository = {
  append(row: NewAuditRow): Promise<void>
  list(page: { limit: number; beforeId?: number }): Promise<readonly AuditRow[]>
}

/**
 * Users of the dashboard, on the tables that better-auth signs in with: a user and its `credential` account.
 */
export type UserRepository = {
  count(): Promise<number>
  list(): Promise<readonly UserView[]>
  find(id: UserId): Promise<UserView | null>
  /** `passwordHash` is an argon2id PHC string. Throws CONFLICT when the e-mail is taken. */
  insert(user: { name: string; email: string; role: UserRole; passwordHash: string }): Promise<UserView>
  /** Throws NOT_FOUND. */
  setRole(id: UserId, role: UserRole): Promise<void>
  /** `passwordHash` is an argon2id PHC string. Throws NOT_FOUND. */
  setPassword(id: UserId, passwordHash: string): Promise<void>
  /** Ends every session of the user; returns how many. */
  endSessions(id: UserId): Promise<number>
}

/** The one-time code that makes the first administrator; only its hash is kept. */
export type SetupCodeRepository = {
  /** The hash, null when there is none. In a transaction the row stays locked until its end (`for update`). */
  hash(): Promise<string | null>
  /** Replaces it; null removes it. */
  setHash(hash: string | null): Promise<void>
}

/** Counts of guesses in the store, so that all web processes share them. */
export type AttemptRepository = {
  /**
   * Counts one attempt under `key` in one atomic statement, in a fixed window that begins with the first attempt.
   * `allowed` is false when it was one too many; `retryAfterMs` is what is left of the window.
   */
  take(
    key: string,
    limit: { max: number; windowMs: number },
  ): Promise<{ allowed: boolean; retryAfterMs: number }>
  /** Forgets the attempts under `key`, and every window that began over an hour ago. */
  clear(key: string): Promise<void>
}

/** The dashboard that this store is: given once, with the schema. */
export type DashboardRepository = {
  /** A UUID that no other dashboard has. */
  identity(): Promise<string>
}

export type Repositories = {
  readonly hosts: HostRepository
  readonly pairs: PairRepository
  readonly operations: OperationRepository
  readonly drills: DrillRepository
  readonly packageDrifts: PackageDriftRepository
  readonly observations: ObservationRepository
  readonly drafts: DraftRepository
  readonly shownPlans: ShownPlanRepository
  readonly audit: AuditRepository
  readonly users: UserRepository
  readonly setupCode: SetupCodeRepository
  readonly attempts: AttemptRepository
  readonly dashboard: DashboardRepository
}

/** Payload of every channel: the id that changed. */
export type StoreChannel = 'pairs' | 'operations'

export type Store = Repositories & {
  /** All or nothing; NOTIFYs go out at commit. */
  transaction<T>(body: (repositories: Repositories) => Promise<T>): Promise<T>
  /** Calls `onChange(id)` for every notification until the returned function is called. Reconnects by itself; after a reconnect calls `onChange(null)` once: anything may have changed. */
  listen(channel: StoreChannel, onChange: (id: string | null) => void): Promise<() => Promise<void>>
  readonly startedAt: Instant
}
