import { lineEndOf } from '@/lib/domain/repair-way'
import { createNames } from '@/lib/operations/create/basis'
import type { RepairBasis } from '@/lib/operations/repair/basis'

/** What a rewind discards, and where that is kept: beside the data. */
export function divergedOf(basis: RepairBasis) {
  const { line, data } = basis.database
  const own = data.kind === 'ours' ? data : null
  const left = own && own.timeline !== line.timeline ? lineEndOf(line, own.timeline) : null
  return {
    diverged: `${createNames(basis).aside}-diverged`,
    timeline: own?.timeline ?? line.timeline,
    /** Where the primary's line left that timeline; where it did not, or that is not known, the standby's last checkpoint. */
    from: left ?? own?.redoLsn ?? line.lsn,
    jobId: `rewind-${basis.operationId}`,
  } as const
}
