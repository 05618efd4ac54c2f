import type { Plan } from '@/lib/domain/operation'
import { nameOwner } from '@/lib/operations/name-owner'
import { syncPreflight } from '@/lib/operations/preflight/sync-preflight'
import { type SyncGround, syncBasis } from '@/lib/operations/sync/basis'
import { copyDirectoriesNow } from '@/lib/operations/sync/steps/copy-now'

/** The plan of a sync that somebody asks for. Without steps where there is nothing to copy, or the standby could not be read. */
export function planSync(ground: SyncGround, now: Date): Plan {
  const { operationId, pair, hosts, facts } = ground
  const basis = syncBasis(ground)
  const steps = basis && basis.directories.length > 0 ? [copyDirectoriesNow(basis)] : []
  return {
    operationId,
    kind: 'sync',
    pairId: pair.id,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    madeAt: now.toISOString(),
    steps: steps.map(({ planned }) => nameOwner(planned, basis?.layouts ?? { primary: null, standby: null })),
    preflight: syncPreflight(ground),
    warnings: [],
    acknowledgement: '',
    facts,
  }
}
