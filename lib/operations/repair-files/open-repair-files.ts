import type { Operation } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { bindSteps, type OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { holdOf, openHosts } from '@/lib/operations/open-hosts'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { repairFilesBasis } from '@/lib/operations/repair-files/basis'
import { repairFilesFacts } from '@/lib/operations/repair-files/facts'
import { repairListed } from '@/lib/operations/repair-files/steps/repair-listed'

/** The step of a stored repair of files as its plan showed it. Throws NOT_FOUND, INTERNAL on a plan that can't be read. */
export async function openRepairFiles(operation: Operation, ports: OperationPorts): Promise<OpenedOperation> {
  const facts = repairFilesFacts.parse(operation.plan.facts)
  const opened = await openHosts(operation, ports)
  const basis = repairFilesBasis({ ...opened, facts })
  if (!basis)
    throw new AppError(
      'INTERNAL',
      'The plan of this operation does not say what lies where on the standby.',
      { fix: 'Close the operation and start it again.' },
    )
  return bindSteps([repairListed(basis)], { ...opened, ...basis }, holdOf(operation, opened, ports, facts))
}
