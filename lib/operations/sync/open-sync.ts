import type { Operation } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { bindSteps, type OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { holdOf, openHosts } from '@/lib/operations/open-hosts'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { syncBasis } from '@/lib/operations/sync/basis'
import { syncFacts } from '@/lib/operations/sync/facts'
import { copyDirectoriesNow } from '@/lib/operations/sync/steps/copy-now'

/** The step of a stored sync as its plan showed it. Throws NOT_FOUND, INTERNAL on a plan that can't be read. */
export async function openSync(operation: Operation, ports: OperationPorts): Promise<OpenedOperation> {
  const facts = syncFacts.parse(operation.plan.facts)
  const opened = await openHosts(operation, ports)
  const basis = syncBasis({ ...opened, facts })
  if (!basis)
    throw new AppError(
      'INTERNAL',
      'The plan of this operation does not say what lies where on the standby.',
      { fix: 'Close the operation and start it again.' },
    )
  return bindSteps(
    [copyDirectoriesNow(basis)],
    { ...opened, ...basis },
    holdOf(operation, opened, ports, facts),
  )
}
