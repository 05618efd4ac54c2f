import type { Operation } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { bindSteps, type OpenedOperation } from '@/lib/operations/engine/opened-operation'
import type { Step } from '@/lib/operations/engine/step'
import { holdOf, openHosts } from '@/lib/operations/open-hosts'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import type { PromoteBasis } from '@/lib/operations/promote/basis'
import type { PromoteContext } from '@/lib/operations/promote/context'
import { promoteFacts } from '@/lib/operations/promote/facts'
import { promoteBasis } from '@/lib/operations/promote/plan-promote'
import { promoteSteps } from '@/lib/operations/promote/promote-steps'

/**
 * The steps of a stored operation that rests on a promotion's facts, as its plan showed them; `stepsOf` answers null where those
 * facts leave nothing to act on. Throws NOT_FOUND, INTERNAL on a plan that can't be read.
 */
export async function openOnPromoteFacts(
  operation: Operation,
  ports: OperationPorts,
  stepsOf: (basis: PromoteBasis) => readonly Step<PromoteContext>[] | null,
): Promise<OpenedOperation> {
  const facts = promoteFacts.parse(operation.plan.facts)
  const opened = await openHosts(operation, ports)
  const basis = promoteBasis({ ...opened, facts })
  const steps = basis && stepsOf(basis)
  if (!basis || !steps)
    throw new AppError('INTERNAL', 'The plan of this operation does not say where PostgreSQL is.', {
      fix: 'Close the operation and start it again.',
    })
  const context: PromoteContext = { ...opened, ...basis }
  return bindSteps(steps, context, holdOf(operation, opened, ports, facts))
}

/** The steps of a stored promote operation. Throws as `openOnPromoteFacts`. */
export const openPromote = (operation: Operation, ports: OperationPorts): Promise<OpenedOperation> =>
  openOnPromoteFacts(operation, ports, promoteSteps)
