import type { Operation } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { bindSteps, type OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { holdOf, openHosts } from '@/lib/operations/open-hosts'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { rotateBasis } from '@/lib/operations/rotate-key/basis'
import { rotateFacts } from '@/lib/operations/rotate-key/facts'
import { rotateSteps } from '@/lib/operations/rotate-key/rotate-steps'

/** The steps of a stored rotation, as its plan showed them. Throws NOT_FOUND, INTERNAL on a plan that can't be read. */
export async function openRotate(operation: Operation, ports: OperationPorts): Promise<OpenedOperation> {
  const facts = rotateFacts.parse(operation.plan.facts)
  const opened = await openHosts(operation, ports)
  const basis = rotateBasis({ ...opened, facts })
  if (!basis)
    throw new AppError('INTERNAL', 'The plan of this operation does not say what its hosts have.', {
      fix: 'Close the operation and start it again.',
    })
  return bindSteps(rotateSteps(basis), { ...opened, ...basis }, holdOf(operation, opened, ports, facts))
}
