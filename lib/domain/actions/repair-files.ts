import { type ActionRule, busy, closed } from '@/lib/domain/actions/action'
import { syncAction } from '@/lib/domain/actions/sync'

const noStandby = closed('There is no standby whose files could be repaired.')

/** Open wherever files can be copied, once the verification has found some that differ. */
export const repairFilesAction: ActionRule = {
  byState: { ...syncAction.byState, working: busy, unpaired: noStandby, unprotected: noStandby },
  unless: ({ hasFiles, differs }) => {
    if (!hasFiles) return 'This pair copies no directories.'
    return differs === 0 ? 'As far as the copies are verified, no file differs from the primary’s.' : null
  },
}
