import type { Operation } from '@/lib/domain/operation'
import { bindSteps, type OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { holdOf, openHosts } from '@/lib/operations/open-hosts'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { unpairFacts } from '@/lib/operations/unpair/facts'
import { unpairBasis } from '@/lib/operations/unpair/plan-unpair'
import { unpairSteps } from '@/lib/operations/unpair/unpair-steps'

/** The steps of a stored unpair, as its plan showed them. Throws NOT_FOUND where the pair or a host is gone. */
export async function openUnpair(operation: Operation, ports: OperationPorts): Promise<OpenedOperation> {
  const facts = unpairFacts.parse(operation.plan.facts)
  const opened = await openHosts(operation, ports)
  const basis = unpairBasis({ ...opened, facts })
  return bindSteps(unpairSteps(basis), { ...opened, ...basis }, holdOf(operation, opened, ports, facts))
}
