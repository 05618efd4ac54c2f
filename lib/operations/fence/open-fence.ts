import type { Operation } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { bindSteps, type OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { fenceSteps } from '@/lib/operations/fence/fence-steps'
import { holdOf, openHosts } from '@/lib/operations/open-hosts'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import type { PromoteContext } from '@/lib/operations/promote/context'
import { promoteFacts } from '@/lib/operations/promote/facts'
import { promoteBasis } from '@/lib/operations/promote/plan-promote'

/** The steps of a stored fence operation, as its plan showed them. Throws NOT_FOUND, INTERNAL on a plan that can't be read. */
export async function openFence(operation: Operation, ports: OperationPorts): Promise<OpenedOperation> {
  const facts = promoteFacts.parse(operation.plan.facts)
  const opened = await openHosts(operation, ports)
  const basis = promoteBasis({ ...opened, facts })
  if (!basis?.layouts.primary)
    throw new AppError('INTERNAL', 'The plan of this operation does not say where PostgreSQL is.', {
      fix: 'Close the operation and start it again.',
    })
  const context: PromoteContext = { ...opened, ...basis }
  const steps = fenceSteps(basis, basis.layouts.primary)
  return bindSteps(steps, context, holdOf(operation, opened, ports, facts))
}
