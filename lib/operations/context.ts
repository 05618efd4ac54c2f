import type { Host } from '@/lib/domain/host'
import type { OperationId } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import type { HostDoor, Row } from '@/lib/ports/host-door'
import type { PairSecrets } from '@/lib/ports/pair-secrets'
import type { PairRepository } from '@/lib/ports/store'
import type { Profile } from '@/lib/profiles/schema'
import type { Clock } from '@/lib/time'

/** A session as the database's owner that opens itself when first asked and again after it was lost. */
export type OwnerDatabase = {
  /** As `DatabaseSession.query`. A lost session throws; the next call opens a new one. */
  query(text: string, params?: readonly unknown[], options?: { timeoutMs?: number }): Promise<readonly Row[]>
  /** Ends the session, if any: before PostgreSQL is stopped or restarted, and when the operation ends. */
  close(): Promise<void>
}

/** What every step of every operation is given. Roles are those of the plan, also after a promotion. */
export type OperationContext<PrimaryLayout = PostgresLayout, StandbyLayout = PostgresLayout> = {
  readonly operationId: OperationId
  readonly pair: Pair
  readonly profile: Profile
  readonly hosts: Readonly<Record<Role, Host>>
  /** Doors connect when first used, so that there is one to a dead host too: its methods throw HOST_*. */
  readonly doors: Readonly<Record<Role, HostDoor>>
  readonly databases: Readonly<Record<Role, OwnerDatabase>>
  /** Found at plan time. */
  readonly layouts: { readonly primary: PrimaryLayout; readonly standby: StandbyLayout }
  readonly secrets: PairSecrets
  readonly pairs: Pick<PairRepository, 'find' | 'update'>
  readonly clock: Clock
}

/** The same where the pair may leave its database out: then nothing is known of PostgreSQL on either host. */
export type AnyOperationContext = OperationContext<PostgresLayout | null, PostgresLayout | null>

/** The mark of an operation in the names of what it puts aside: the first 8 characters of its id. */
export const markOf = (operationId: OperationId): string => operationId.slice(0, 8)
