import { createNames } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import type { StepIo } from '@/lib/operations/engine/step'
import { followCopy, showBackup } from '@/lib/operations/steps/follow-copy'

/** Follows the running base backup with its progress until it has ended well. Throws what it ended with otherwise. */
export async function followBackup(context: CreateContext, io: StepIo): Promise<void> {
  const { doors, databases, hosts, layouts, clock } = context
  const { jobId, backup, copy, tablespaces } = createNames(context)
  const { standby, primary } = hosts
  const source = { database: databases.primary, versionNum: layouts.primary.versionNum, backup }
  const job = {
    door: doors.standby,
    jobId,
    clock,
    places: [copy.replace(/\/[^/]*$/, '') || '/', ...tablespaces.map(({ location }) => location)],
    what: 'The base backup',
    fixes: {
      full: 'Make room there, then resume; or undo: the copy is removed and the old data is still in its place.',
      ended: `See that ${standby.name} reaches ${primary.address} port ${layouts.primary.port}, then resume: it is begun anew. The old data is still in its place.`,
    },
  }
  await followCopy(job, io, () => showBackup(source, io))
}
