import type { Host } from '@/lib/domain/host'
import type { OperationId, Plan } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import { nameOwner } from '@/lib/operations/name-owner'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { repairPreflight } from '@/lib/operations/preflight/repair-preflight'
import type { RepairBasis, RepairFileBasis } from '@/lib/operations/repair/basis'
import type { RepairFacts } from '@/lib/operations/repair/facts'
import { inputOf } from '@/lib/operations/repair/input-of'
import { plannedRepair } from '@/lib/operations/repair/repair-steps'
import type { Profile } from '@/lib/profiles/schema'

export type RepairGround = {
  readonly operationId: OperationId
  readonly pair: Pair
  readonly profile: Profile
  readonly hosts: Readonly<Record<Role, Host>>
  readonly facts: RepairFacts
}

/** What plan and steps are built from; null where nothing can be done: a host was not reached, or its data must not be touched. */
export function repairBasis(ground: RepairGround): RepairBasis | RepairFileBasis | null {
  const { facts, pair, hosts } = ground
  const input = inputOf(pair)
  if (!pair.scope.database) {
    const isSeen = facts.primary.machine.seen && facts.standby.machine.seen
    return isSeen ? { ...ground, input, layouts: { primary: null, standby: null } } : null
  }
  const { database } = facts
  const primary = postgresLayoutOf(facts.primary, hosts.primary)
  if (!primary || !database || database.ways.length === 0) return null
  return { ...ground, input, database, layouts: { primary, standby: database.layout } }
}

/** The plan of a re-pair. Without steps where the hosts could not be read, or hold another server's data: its failed checks say why. */
export function planRepair(ground: RepairGround, now: Date): Plan {
  const { operationId, pair, hosts, profile, facts } = ground
  const basis = repairBasis(ground)
  const preflight = repairPreflight({ facts, profile, input: inputOf(pair) })
  return {
    operationId,
    kind: 're-pair',
    pairId: pair.id,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    madeAt: now.toISOString(),
    steps: basis ? plannedRepair(basis).map((planned) => nameOwner(planned, basis.layouts)) : [],
    preflight,
    warnings: preflight
      .filter(({ outcome }) => outcome === 'warn')
      .map(({ evidence, fix }) => `${evidence} ${fix}`),
    acknowledgement: '',
    facts,
  }
}
