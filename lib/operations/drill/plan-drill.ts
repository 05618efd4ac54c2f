import type { Plan } from '@/lib/domain/operation'
import { type DrillGround, drillBasis } from '@/lib/operations/drill/basis'
import { drillSteps } from '@/lib/operations/drill/drill-steps'
import { nameOwner } from '@/lib/operations/name-owner'
import { drillPreflight } from '@/lib/operations/preflight/drill-preflight'

/** The plan of a drill. Without steps where the standby could not be read: its failed checks say why. */
export function planDrill(ground: DrillGround, now: Date): Plan {
  const { operationId, pair, hosts, facts } = ground
  const basis = drillBasis(ground)
  const preflight = drillPreflight(ground)
  return {
    operationId,
    kind: 'drill',
    pairId: pair.id,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    madeAt: now.toISOString(),
    steps: basis ? drillSteps(basis).map(({ planned }) => nameOwner(planned, basis.layouts)) : [],
    preflight: [...preflight],
    warnings: [
      `While it runs no other operation of the pair can begin; cancelled, it is gone from ${hosts.standby.name} within moments.`,
    ],
    acknowledgement: '',
    undoesItself: true,
    facts,
  }
}
