import { type GivingWay, givingWaySentence } from '@/lib/domain/giving-way'
import type { Plan } from '@/lib/domain/operation'
import { plannedFence } from '@/lib/operations/fence/fence-steps'
import { nameOwner } from '@/lib/operations/name-owner'
import { fencePreflight } from '@/lib/operations/preflight/fence-preflight'
import { fenceFilesPreflight } from '@/lib/operations/preflight/promote-files-preflight'
import { type PromoteGround, promoteBasis } from '@/lib/operations/promote/plan-promote'

/** Typed where only the operator says which of two primaries must not write. */
const chosenWords = (name: string): string => `fence ${name}`

/**
 * The plan of fencing a former primary that came back. The ground is in the roles before the promotion: `primary` is the former
 * one. Without steps where its PostgreSQL, running or at rest, could not be proved: the failed checks say why.
 */
export function planFence(ground: PromoteGround & { givingWay?: GivingWay | null }, now: Date): Plan {
  const { operationId, pair, hosts, profile, facts } = ground
  const basis = promoteBasis(ground)
  const preflight = pair.scope.database ? fencePreflight(facts, profile) : fenceFilesPreflight(facts, profile)
  const where = pair.scope.database ? 'data directory' : 'directories'
  const since = facts.chosen ? `since the two went apart` : `since ${hosts.standby.name} was promoted`
  return {
    operationId,
    kind: 'fence',
    pairId: pair.id,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    madeAt: now.toISOString(),
    steps: basis ? plannedFence(basis).map((planned) => nameOwner(planned, basis.layouts)) : [],
    preflight,
    warnings: [
      `What was written to ${hosts.primary.name} ${since} stays in its ${where}: it is in no other place.`,
      ...(ground.givingWay ? [givingWaySentence(ground.givingWay)] : []),
    ],
    acknowledgement: facts.chosen ? chosenWords(hosts.primary.name) : '',
    facts,
  }
}
