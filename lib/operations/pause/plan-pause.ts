import type { Plan } from '@/lib/domain/operation'
import { nameOwner } from '@/lib/operations/name-owner'
import { type PauseGround, pauseBasis } from '@/lib/operations/pause/basis'
import { pauseSteps } from '@/lib/operations/pause/pause-steps'
import { pausePreflight } from '@/lib/operations/preflight/pause-preflight'

function warningsOf({ facts: { after, before }, hosts }: PauseGround): readonly string[] {
  if (!after) return []
  const { name } = hosts.standby
  return [
    ...(after.what.includes('sync')
      ? ['While files are not copied, a promotion loses what was written to them meanwhile.']
      : []),
    ...(after.what.includes('replay')
      ? [
          `While replay is paused, WAL piles up on ${name}, and a promotion first has to apply it: it takes that much longer, and loses nothing by it.`,
        ]
      : []),
    ...(before ? ['The pair is paused already: what is paused stays so until the new end.'] : []),
  ]
}

/** The plan of a pause, or of its end. Without steps where the standby could not be read: its failed checks say why. */
export function planPause(ground: PauseGround, now: Date): Plan {
  const { operationId, pair, hosts, facts } = ground
  const basis = pauseBasis(ground)
  return {
    operationId,
    kind: facts.after ? 'pause' : 'resume',
    pairId: pair.id,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    madeAt: now.toISOString(),
    steps: basis ? pauseSteps(basis).map(({ planned }) => nameOwner(planned, basis.layouts)) : [],
    preflight: pausePreflight(ground, now),
    warnings: warningsOf(ground),
    acknowledgement: '',
    facts,
  }
}
