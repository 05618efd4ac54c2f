import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Adoption } from '@/lib/domain/adopt/adoption'
import type { Drill } from '@/lib/domain/drill'
import type { DrillSchedule } from '@/lib/domain/drill-schedule'
import { type ForkWitness, nothingWitnessed } from '@/lib/domain/fork-witness'
import type { AuthKind, Privilege } from '@/lib/domain/host'
import type { Observation } from '@/lib/domain/observation'
import type { OperationEvent, OperationKind, OperationState, Plan } from '@/lib/domain/operation'
import type { PackageDrifts } from '@/lib/domain/package-drift'
import type { Pair, PairSettings, Role, Scope } from '@/lib/domain/pair'
import type { Pause } from '@/lib/domain/pause'
import type { PairState } from '@/lib/domain/states'
import type { OwedHost } from '@/lib/domain/unpair'
import type { Verdict } from '@/lib/domain/verdict'
import type { AuditRow, Draft, DraftKind } from '@/lib/domain/views'

/**
 * The store's tables. Rules that two processes could break at once stand here as constraints; the repositories turn
 * their violation into a sentence by the constraint's name, so a name must not change without them.
 */
const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 })

export const hosts = pgTable(
  'hosts',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    address: text('address').notNull(),
    port: integer('port').notNull(),
    user: text('user').notNull(),
    authKind: text('auth_kind').$type<AuthKind>().notNull(),
    hostKeyFingerprint: text('host_key_fingerprint'),
    hostKey: text('host_key'),
    privilege: text('privilege').$type<Privilege>(),
    machineId: text('machine_id'),
    home: text('home'),
    /** Sealed JSON of HostSecret. */
    secret: text('secret').notNull(),
    accessRevision: integer('access_revision').notNull().default(1),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    unique('hosts_name_key').on(table.name),
    unique('hosts_address_key').on(table.address, table.port),
    unique('hosts_machine_id_key').on(table.machineId),
  ],
)

export const pairs = pgTable(
  'pairs',
  {
    id: uuid('id').primaryKey(),
    slug: text('slug').notNull(),
    profileId: text('profile_id').notNull(),
    scope: jsonb('scope').$type<Scope>().notNull(),
    settings: jsonb('settings').$type<PairSettings>().notNull(),
    isPaired: boolean('is_paired').notNull(),
    formerPrimary: text('former_primary').$type<Pair['formerPrimary']>().notNull(),
    pause: jsonb('pause').$type<Pause>(),
    owed: jsonb('owed').$type<readonly OwedHost[]>().default([]).notNull(),
    adoption: jsonb('adoption').$type<Adoption>(),
    drillSchedule: jsonb('drill_schedule').$type<DrillSchedule>(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [unique('pairs_slug_key').on(table.slug)],
)

const pairId = () =>
  uuid('pair_id')
    .notNull()
    .references(() => pairs.id, { onDelete: 'cascade' })

/** Plans as they were shown, for the moment between looking at one and starting it. */
export const shownPlans = pgTable(
  'shown_plans',
  {
    operationId: uuid('operation_id').primaryKey(),
    plan: jsonb('plan').$type<Plan>().notNull(),
    madeAt: instant('made_at').notNull(),
  },
  (table) => [index('shown_plans_made_at').on(table.madeAt)],
)

/** A host is in one pair at most: that is this table's key. */
export const pairHosts = pgTable(
  'pair_hosts',
  {
    hostId: uuid('host_id')
      .notNull()
      .references(() => hosts.id, { onDelete: 'restrict' }),
    pairId: pairId(),
    role: text('role').$type<Role>().notNull(),
  },
  (table) => [
    primaryKey({ name: 'pair_hosts_host_key', columns: [table.hostId] }),
    unique('pair_hosts_role_key').on(table.pairId, table.role),
  ],
)

export const pairSecrets = pgTable(
  'pair_secrets',
  {
    pairId: pairId(),
    name: text('name').notNull(),
    /** Sealed text. */
    value: text('value').notNull(),
  },
  (table) => [primaryKey({ columns: [table.pairId, table.name] })],
)

/** The latest observation of each pair and the verdict on it. */
export const observations = pgTable('observations', {
  pairId: pairId().primaryKey(),
  observation: jsonb('observation').$type<Observation>().notNull(),
  verdict: jsonb('verdict').$type<Verdict>().notNull(),
  witness: jsonb('witness').$type<ForkWitness>().notNull().default(nothingWitnessed),
})

export const stateChanges = pgTable(
  'state_changes',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    pairId: pairId(),
    at: instant('at').notNull(),
    from: text('from_state').$type<PairState>(),
    to: text('to_state').$type<PairState>().notNull(),
    reason: text('reason').notNull(),
  },
  (table) => [index('state_changes_pair').on(table.pairId, table.id)],
)

export const operations = pgTable(
  'operations',
  {
    id: uuid('id').primaryKey(),
    pairId: pairId(),
    kind: text('kind').$type<OperationKind>().notNull(),
    state: text('state').$type<OperationState>().notNull(),
    /** `isHolding(state)`, written with the state: the lock "one operation a pair" is an index over it. */
    isHolding: boolean('is_holding').notNull(),
    plan: jsonb('plan').$type<Plan>().notNull(),
    input: jsonb('input').notNull(),
    reason: text('reason').notNull(),
    startedBy: text('started_by').notNull(),
    createdAt: instant('created_at').notNull(),
    endedAt: instant('ended_at'),
    /** Number of the last event; events are numbered without a gap. */
    lastSeq: integer('last_seq').notNull(),
    idempotencyKey: text('idempotency_key'),
  },
  (table) => [
    unique('operations_idempotency_key_key').on(table.idempotencyKey),
    uniqueIndex('operations_one_holds_a_pair').on(table.pairId).where(sql`is_holding`),
    index('operations_pair').on(table.pairId, table.createdAt),
    index('operations_state').on(table.state),
  ],
)

export const operationEvents = pgTable(
  'operation_events',
  {
    operationId: uuid('operation_id')
      .notNull()
      .references(() => operations.id, { onDelete: 'cascade' }),
    seq: integer('seq').notNull(),
    at: instant('at').notNull(),
    event: jsonb('event').$type<OperationEvent>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.operationId, table.seq] })],
)

/** What drills showed: their operations' records tell how. */
export const drills = pgTable(
  'drills',
  {
    operationId: uuid('operation_id')
      .primaryKey()
      .references(() => operations.id, { onDelete: 'cascade' }),
    pairId: pairId(),
    startedAt: instant('started_at').notNull(),
    drill: jsonb('drill').$type<Drill>().notNull(),
  },
  (table) => [index('drills_pair').on(table.pairId, table.startedAt)],
)

/** How the packages of a pair's hosts differ, as they were last read. */
export const packageDrifts = pgTable('package_drifts', {
  pairId: pairId().primaryKey(),
  drifts: jsonb('drifts').$type<PackageDrifts>().notNull(),
})

export const drafts = pgTable('drafts', {
  id: uuid('id').primaryKey(),
  kind: text('kind').$type<DraftKind>().notNull(),
  step: text('step').notNull(),
  answers: jsonb('answers').$type<Draft['answers']>().notNull(),
  /** Counts the changes, so that whoever changes what is no longer there is told. */
  version: integer('version').notNull().default(1),
  updatedBy: text('updated_by').notNull(),
  updatedAt: instant('updated_at').notNull(),
  operationId: uuid('operation_id').references(() => operations.id, { onDelete: 'set null' }),
})

export const audit = pgTable('audit', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  at: instant('at').notNull(),
  actor: text('actor').notNull(),
  action: text('action').notNull(),
  subject: text('subject').notNull(),
  origin: text('origin').notNull(),
  outcome: text('outcome').$type<AuditRow['outcome']>().notNull(),
  detail: text('detail').notNull(),
})

/** The hash of the one-time code that makes the first administrator: one row or none. */
export const setupCode = pgTable(
  'setup_code',
  { id: integer('id').primaryKey(), hash: text('hash').notNull() },
  (table) => [check('setup_code_one_row', sql`${table.id} = 1`)],
)

/** A text sealed with the master key that this store was made with: one row, made at the first start. */
export const keyCheck = pgTable(
  'key_check',
  { id: integer('id').primaryKey(), sealed: text('sealed').notNull() },
  (table) => [check('key_check_one_row', sql`${table.id} = 1`)],
)

/** A number that is never given again: who holds an older one for the same name has lost the lease. */
export const leaseFence = pgSequence('lease_fence')

/** Exclusive rights of workers, by name, until an instant by this server's own clock. */
export const leases = pgTable(
  'leases',
  {
    name: text('name').primaryKey(),
    fence: bigint('fence', { mode: 'number' }).notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [unique('leases_fence_key').on(table.fence)],
)

/** Guesses counted in a fixed window, shared by all web processes. */
export const attempts = pgTable('attempts', {
  key: text('key').primaryKey(),
  count: integer('count').notNull(),
  windowStartedAt: instant('window_started_at').notNull(),
})

/** Who this store's dashboard is, for other dashboards: locks on hosts name it. One row, made with the schema. */
export const dashboard = pgTable(
  'dashboard',
  {
    id: integer('id').primaryKey().default(1),
    identity: uuid('identity').notNull().defaultRandom(),
  },
  (table) => [check('dashboard_one_row', sql`${table.id} = 1`)],
)
