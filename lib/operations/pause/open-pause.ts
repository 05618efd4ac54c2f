import type { Operation } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { bindSteps, type OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { holdOf, openHosts } from '@/lib/operations/open-hosts'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { pauseBasis } from '@/lib/operations/pause/basis'
import { pauseFacts } from '@/lib/operations/pause/facts'
import { pauseSteps } from '@/lib/operations/pause/pause-steps'

/** The steps of a stored pause, or of its end, as its plan showed them. Throws NOT_FOUND, INTERNAL on a plan that can't be read. */
export async function openPause(operation: Operation, ports: OperationPorts): Promise<OpenedOperation> {
  const facts = pauseFacts.parse(operation.plan.facts)
  const opened = await openHosts(operation, ports)
  const basis = pauseBasis({ ...opened, facts })
  if (!basis)
    throw new AppError(
      'INTERNAL',
      'The plan of this operation does not say what lies where on the standby.',
      {
        fix: 'Close the operation and start it again.',
      },
    )
  const { startedBy: by, reason } = operation
  return bindSteps(
    pauseSteps(basis),
    { ...opened, ...basis, by, reason },
    holdOf(operation, opened, ports, facts),
  )
}
