import type { Operation } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { bindSteps, type OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { holdOf, openHosts } from '@/lib/operations/open-hosts'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { repairFacts } from '@/lib/operations/repair/facts'
import { repairBasis } from '@/lib/operations/repair/plan-repair'
import { repairFileSteps, repairSteps, repairsDatabase } from '@/lib/operations/repair/repair-steps'

/** The steps of a stored re-pair, as its plan showed them. Throws NOT_FOUND, INTERNAL on a plan that can't be read. */
export async function openRepair(operation: Operation, ports: OperationPorts): Promise<OpenedOperation> {
  const facts = repairFacts.parse(operation.plan.facts)
  const opened = await openHosts(operation, ports)
  const basis = repairBasis({ ...opened, facts })
  if (!basis)
    throw new AppError('INTERNAL', 'The plan of this operation does not say what lies where on its hosts.', {
      fix: 'Close the operation and start it again.',
    })
  const hold = holdOf(operation, opened, ports, facts)
  return repairsDatabase(basis)
    ? bindSteps(repairSteps(basis), { ...opened, ...basis }, hold)
    : bindSteps(repairFileSteps(basis), { ...opened, ...basis }, hold)
}
