import type { Operation } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { bindSteps, type OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { holdOf, openHosts } from '@/lib/operations/open-hosts'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import type { PromoteContext } from '@/lib/operations/promote/context'
import { promoteFacts } from '@/lib/operations/promote/facts'
import { promoteBasis } from '@/lib/operations/promote/plan-promote'
import { promoteSteps } from '@/lib/operations/promote/promote-steps'

/** The steps of a stored promote operation, as its plan showed them. Throws NOT_FOUND, INTERNAL on a plan that can't be read. */
export async function openPromote(operation: Operation, ports: OperationPorts): Promise<OpenedOperation> {
  const facts = promoteFacts.parse(operation.plan.facts)
  const opened = await openHosts(operation, ports)
  const basis = promoteBasis({ ...opened, facts })
  if (!basis)
    throw new AppError('INTERNAL', 'The plan of this operation does not say where PostgreSQL is.', {
      fix: 'Close the operation and start it again.',
    })
  const context: PromoteContext = { ...opened, ...basis }
  return bindSteps(promoteSteps(basis), context, holdOf(operation, opened, ports, facts))
}
