import type { Host } from '@/lib/domain/host'
import type { CreateInput } from '@/lib/domain/inputs'
import type { OperationId, Plan } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import type { FileBasis } from '@/lib/operations/create/basis'
import { plannedCreate } from '@/lib/operations/create/create-steps'
import type { CreateFacts } from '@/lib/operations/create/facts'
import { nameOwner } from '@/lib/operations/name-owner'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { createPreflight } from '@/lib/operations/preflight/create-preflight'
import { someonesData } from '@/lib/operations/preflight/standby-data'
import type { Profile } from '@/lib/profiles/schema'

export type CreateGround = {
  readonly operationId: OperationId
  /** As it is, or as it will be inserted. */
  readonly pair: Pair
  readonly profile: Profile
  readonly hosts: Readonly<Record<Role, Host>>
  readonly input: CreateInput
  readonly facts: CreateFacts
}

/**
 * What plan and steps are built from; null while a host could not be asked for what they need. A pair without a database knows
 * nothing of PostgreSQL.
 */
export function createBasis(ground: CreateGround): FileBasis | null {
  if (!ground.pair.scope.database) {
    const isSeen = ground.facts.primary.machine.seen && ground.facts.standby.machine.seen
    return isSeen ? { ...ground, layouts: { primary: null, standby: null } } : null
  }
  const primary = postgresLayoutOf(ground.facts.primary, ground.hosts.primary)
  const standby = postgresLayoutOf(ground.facts.standby, ground.hosts.standby)
  return primary && standby ? { ...ground, layouts: { primary, standby } } : null
}

/** The plan of a create operation. Without steps where the hosts could not be read: its failed checks say why. */
export function planCreate(ground: CreateGround, now: Date): Plan {
  const { operationId, pair, hosts, facts } = ground
  const basis = createBasis(ground)
  const preflight = createPreflight(ground)
  return {
    operationId,
    kind: 'create',
    pairId: pair.id,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    madeAt: now.toISOString(),
    steps: basis ? plannedCreate(basis).map((planned) => nameOwner(planned, basis.layouts)) : [],
    preflight,
    warnings: preflight
      .filter(({ outcome }) => outcome === 'warn')
      .map(({ evidence, fix }) => `${evidence} ${fix}`),
    acknowledgement:
      basis?.pair.scope.database && someonesData(facts.standby).length > 0 ? hosts.standby.name : '',
    facts,
  }
}
