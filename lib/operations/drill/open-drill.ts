import { nothingSeen } from '@/lib/domain/drill-lag'
import type { Operation } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { drillBasis } from '@/lib/operations/drill/basis'
import { drillSteps } from '@/lib/operations/drill/drill-steps'
import { drillFacts } from '@/lib/operations/drill/facts'
import { bindSteps, type OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { holdOf, openHosts } from '@/lib/operations/open-hosts'
import type { OperationPorts } from '@/lib/operations/operation-ports'

/** The steps of a stored drill, as its plan showed them. Throws NOT_FOUND, INTERNAL on a plan that can't be read. */
export async function openDrill(operation: Operation, ports: OperationPorts): Promise<OpenedOperation> {
  const facts = drillFacts.parse(operation.plan.facts)
  const opened = await openHosts(operation, ports)
  const basis = drillBasis({ ...opened, facts })
  if (!basis)
    throw new AppError('INTERNAL', 'The plan of this drill does not say what lies where on the standby.', {
      fix: 'Close the operation and start it again.',
    })
  return bindSteps(
    drillSteps(basis),
    { ...opened, ...basis, drills: ports.drills, replay: { watch: nothingSeen } },
    holdOf(operation, opened, ports, facts),
  )
}
