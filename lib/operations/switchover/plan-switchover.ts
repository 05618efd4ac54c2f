import type { Host } from '@/lib/domain/host'
import type { OperationId, Plan } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import { exchanged } from '@/lib/operations/exchanged'
import { nameOwner } from '@/lib/operations/name-owner'
import { switchoverPreflight } from '@/lib/operations/preflight/switchover-preflight'
import { promoteBasis } from '@/lib/operations/promote/plan-promote'
import type { FollowBasis, RepairFileBasis } from '@/lib/operations/repair/basis'
import { inputOf } from '@/lib/operations/repair/input-of'
import type { SwitchoverBasis, SwitchoverFileBasis } from '@/lib/operations/switchover/basis'
import type { SwitchoverFacts } from '@/lib/operations/switchover/facts'
import { plannedSwitchover } from '@/lib/operations/switchover/switchover-steps'
import type { Profile } from '@/lib/profiles/schema'

export type SwitchoverGround = {
  readonly operationId: OperationId
  /** In the roles before. */
  readonly pair: Pair
  readonly profile: Profile
  readonly hosts: Readonly<Record<Role, Host>>
  readonly facts: SwitchoverFacts
}

/** The hosts in the roles that they are to have, as a re-pair would find them. */
function turnedBasis(
  ground: SwitchoverGround,
  layouts: SwitchoverFileBasis['layouts'],
): FollowBasis | RepairFileBasis {
  const { facts, hosts } = ground
  const pair = { ...ground.pair, hosts: exchanged(ground.pair.hosts) }
  const file: RepairFileBasis = {
    ...ground,
    pair,
    hosts: exchanged(hosts),
    input: inputOf(pair),
    layouts: exchanged(layouts),
    facts: {
      ...facts.turned,
      database: null,
      unreadable: '',
      recorded: facts.recorded,
      ...(facts.fileRoles && { fileRoles: exchanged(facts.fileRoles) }),
    },
  }
  const { primary, standby } = file.layouts
  if (primary === null || standby === null) return file
  return {
    ...file,
    layouts: { primary, standby },
    database: {
      layout: standby,
      ran: true,
      signal: null,
      hbaBlocks: { primary: facts.standbyHbaBlock, standby: null },
      ways: ['follow'],
      reason: `${hosts.primary.name} is stopped in order, and ${hosts.standby.name} has everything that it wrote: its data need neither a rewind nor a copy.`,
    },
  }
}

/** What plan and steps are built from; null while one of the two could not be asked. */
export function switchoverBasis(ground: SwitchoverGround): SwitchoverBasis | SwitchoverFileBasis | null {
  const { facts, pair } = ground
  if (!facts.primary.machine.seen || !facts.standby.machine.seen) return null
  const basis = promoteBasis(ground)
  if (!basis) return null
  const { primary, standby } = basis.layouts
  if (!pair.scope.database) return { ...basis, facts, turned: turnedBasis(ground, basis.layouts) }
  if (!primary || !standby) return null
  const layouts = { primary, standby }
  return { ...basis, facts, layouts, turned: turnedBasis(ground, layouts) }
}

/** Typed under the plan: it interrupts everybody. */
const acknowledgementOf = (standbyName: string): string => `switch over to ${standbyName}`

/** The plan of a switch over. Without steps where one of the hosts could not be read: its failed checks say why. */
export function planSwitchover(ground: SwitchoverGround, now: Date): Plan {
  const { operationId, pair, hosts } = ground
  const basis = switchoverBasis(ground)
  const preflight = switchoverPreflight(ground)
  return {
    operationId,
    kind: 'switchover',
    pairId: pair.id,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    madeAt: now.toISOString(),
    steps: basis ? plannedSwitchover(basis).map((planned) => nameOwner(planned, basis.layouts)) : [],
    preflight,
    warnings: [
      `The application stops on ${hosts.primary.name} and starts on ${hosts.standby.name}: it is interrupted for as long as that takes.`,
      ...preflight
        .filter(({ outcome }) => outcome === 'warn')
        .map(({ evidence, fix }) => `${evidence} ${fix}`),
    ],
    acknowledgement: acknowledgementOf(hosts.standby.name),
    undoesItself: true,
    facts: ground.facts,
  }
}
