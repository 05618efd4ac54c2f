import type { Operation } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { changeBasis } from '@/lib/operations/change-settings/basis'
import {
  changeSteps,
  changeStepsOfFiles,
  isWithDatabase,
} from '@/lib/operations/change-settings/change-steps'
import { changeFacts } from '@/lib/operations/change-settings/facts'
import { bindSteps, type OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { holdOf, openHosts } from '@/lib/operations/open-hosts'
import type { OperationPorts } from '@/lib/operations/operation-ports'

/** The steps of a stored change of settings, as its plan showed them. Throws NOT_FOUND, INTERNAL on a plan that can't be read. */
export async function openChange(operation: Operation, ports: OperationPorts): Promise<OpenedOperation> {
  const facts = changeFacts.parse(operation.plan.facts)
  const opened = await openHosts(operation, ports)
  const basis = changeBasis({ ...opened, facts })
  if (!basis)
    throw new AppError('INTERNAL', 'The plan of this operation does not say what lies where on its hosts.', {
      fix: 'Close the operation and start it again.',
    })
  const hold = holdOf(operation, opened, ports, facts)
  return isWithDatabase(basis)
    ? bindSteps(changeSteps(basis), { ...opened, ...basis }, hold)
    : bindSteps(changeStepsOfFiles(basis), { ...opened, ...basis }, hold)
}
