import type { Operation } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { bindSteps, type OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { exchanged } from '@/lib/operations/exchanged'
import { holdOf, openHosts } from '@/lib/operations/open-hosts'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { switchesDatabase } from '@/lib/operations/switchover/basis'
import { switchoverFacts } from '@/lib/operations/switchover/facts'
import { switchoverBasis } from '@/lib/operations/switchover/plan-switchover'
import { switchoverFileSteps, switchoverSteps } from '@/lib/operations/switchover/switchover-steps'

/** The steps of a stored switch over, as its plan showed them. Throws NOT_FOUND, INTERNAL on a plan that can't be read. */
export async function openSwitchover(operation: Operation, ports: OperationPorts): Promise<OpenedOperation> {
  const facts = switchoverFacts.parse(operation.plan.facts)
  const opened = await openHosts(operation, ports)
  const basis = switchoverBasis({ ...opened, facts })
  if (!basis)
    throw new AppError('INTERNAL', 'The plan of this operation does not say what lies where on its hosts.', {
      fix: 'Close the operation and start it again.',
    })
  const hold = holdOf(operation, opened, ports, facts)
  const { doors, databases } = opened
  const turnedDoors = { doors: exchanged(doors), databases: exchanged(databases) }
  if (!switchesDatabase(basis)) {
    const turned = { ...opened, ...basis.turned, ...turnedDoors }
    return bindSteps(switchoverFileSteps(basis), { ...opened, ...basis, turned }, hold)
  }
  // To open a session takes longer than to promote: what can't be opened is told by the step that needs it.
  for (const database of [databases.primary, databases.standby])
    database.query('select 1').catch(() => undefined)
  const turned = { ...opened, ...basis.turned, ...turnedDoors }
  return bindSteps(switchoverSteps(basis), { ...opened, ...basis, turned }, hold)
}
