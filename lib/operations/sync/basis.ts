import type { Host } from '@/lib/domain/host'
import type { OperationId } from '@/lib/domain/operation'
import type { DirectorySetting, Pair, Role } from '@/lib/domain/pair'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import type { AnyOperationContext } from '@/lib/operations/context'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import type { SyncFacts } from '@/lib/operations/sync/facts'
import type { Profile } from '@/lib/profiles/schema'

export type SyncGround = {
  readonly operationId: OperationId
  readonly pair: Pair
  readonly profile: Profile
  readonly hosts: Readonly<Record<Role, Host>>
  readonly facts: SyncFacts
}

/** What the step of a sync is given. */
export type SyncContext = AnyOperationContext & { readonly facts: SyncFacts }

/** What plan and steps are built from. */
export type SyncBasis = SyncGround & {
  readonly layouts: Readonly<Record<Role, PostgresLayout | null>>
  readonly directories: readonly DirectorySetting[]
}

/** Those of the pair's directories that were asked for. */
export function askedDirectories({ pair, facts }: Pick<SyncGround, 'pair' | 'facts'>) {
  const { directories } = pair.settings
  return facts.asked.length === 0 ? directories : directories.filter(({ id }) => facts.asked.includes(id))
}

/** Null while the standby could not be asked for what the step needs. */
export function syncBasis(ground: SyncGround): SyncBasis | null {
  const { facts, hosts, pair } = ground
  if (!facts.standby.machine.seen) return null
  const directories = askedDirectories(ground)
  if (!pair.scope.database) return { ...ground, directories, layouts: { primary: null, standby: null } }
  const standby = postgresLayoutOf(facts.standby, hosts.standby)
  return standby && { ...ground, directories, layouts: { primary: null, standby } }
}
