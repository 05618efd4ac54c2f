import { createInput } from '@/lib/domain/inputs'
import type { Operation } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { hasDatabase } from '@/lib/operations/create/basis'
import { createFileSteps, createSteps } from '@/lib/operations/create/create-steps'
import { createFacts } from '@/lib/operations/create/facts'
import { createBasis } from '@/lib/operations/create/plan-create'
import { bindSteps, type OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { holdOf, openHosts } from '@/lib/operations/open-hosts'
import type { OperationPorts } from '@/lib/operations/operation-ports'

/** The steps of a stored create operation, as its plan showed them. Throws NOT_FOUND, INTERNAL on a plan that can't be read. */
export async function openCreate(operation: Operation, ports: OperationPorts): Promise<OpenedOperation> {
  const input = createInput.parse(operation.input)
  const facts = createFacts.parse(operation.plan.facts)
  const opened = await openHosts(operation, ports)
  const basis = createBasis({ ...opened, input, facts })
  if (!basis)
    throw new AppError('INTERNAL', 'The plan of this operation does not say what lies where on its hosts.', {
      fix: 'Close the operation and start it again.',
    })
  const hold = holdOf(operation, opened, ports, facts)
  return hasDatabase(basis)
    ? bindSteps(createSteps(basis), { ...opened, ...basis }, hold)
    : bindSteps(createFileSteps(basis), { ...opened, ...basis }, hold)
}
