import type { Plan } from '@/lib/domain/operation'
import { nameOwner } from '@/lib/operations/name-owner'
import { repairFilesPreflight } from '@/lib/operations/preflight/repair-files-preflight'
import { type RepairFilesGround, repairFilesBasis } from '@/lib/operations/repair-files/basis'
import { repairListed } from '@/lib/operations/repair-files/steps/repair-listed'

/** The plan of a repair of files. Without steps where none is known to differ, or the standby could not be read. */
export function planRepairFiles(ground: RepairFilesGround, now: Date): Plan {
  const { operationId, pair, hosts, facts } = ground
  const basis = repairFilesBasis(ground)
  const damaged = basis?.damaged ?? []
  const steps = basis && damaged.length > 0 ? [repairListed(basis)] : []
  return {
    operationId,
    kind: 'repair-files',
    pairId: pair.id,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    madeAt: now.toISOString(),
    steps: steps.map(({ planned }) => nameOwner(planned, basis?.layouts ?? { primary: null, standby: null })),
    preflight: repairFilesPreflight(ground),
    warnings: damaged.flatMap(({ directory, names, total }) =>
      total > names.length
        ? [
            `Of ${directory.title} ${total} files are known to differ; this repairs ${names.length} of them. That many are a sign of a failing disk or memory: look at ${hosts.standby.name} first.`,
          ]
        : [],
    ),
    acknowledgement: '',
    facts,
  }
}
