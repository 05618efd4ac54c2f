import type { Operation } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { adoptSteps } from '@/lib/operations/adopt/adopt-steps'
import { adoptBasis } from '@/lib/operations/adopt/basis'
import { adoptFacts } from '@/lib/operations/adopt/facts'
import { bindSteps, type OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { holdOf, openHosts } from '@/lib/operations/open-hosts'
import type { OperationPorts } from '@/lib/operations/operation-ports'

/** The steps of a stored adoption, as its plan showed them. Throws NOT_FOUND, INTERNAL on a plan that can't be read. */
export async function openAdopt(operation: Operation, ports: OperationPorts): Promise<OpenedOperation> {
  const facts = adoptFacts.parse(operation.plan.facts)
  const opened = await openHosts(operation, ports)
  const basis = adoptBasis({ ...opened, facts })
  if (!basis)
    throw new AppError('INTERNAL', 'The plan of this operation does not say what lies where on its hosts.', {
      fix: 'Close the operation and start it again.',
    })
  const hold = holdOf(operation, opened, ports, facts)
  return bindSteps(adoptSteps(basis), { ...opened, ...basis }, hold)
}
