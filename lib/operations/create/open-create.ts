import { createInput } from '@/lib/domain/inputs'
import type { Operation } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import type { CreateContext } from '@/lib/operations/create/context'
import { createSteps } from '@/lib/operations/create/create-steps'
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
    throw new AppError('INTERNAL', 'The plan of this operation does not say where PostgreSQL is.', {
      fix: 'Close the operation and start it again.',
    })
  const context: CreateContext = { ...opened, ...basis }
  return bindSteps(createSteps(basis), context, holdOf(operation, opened, ports, facts))
}
