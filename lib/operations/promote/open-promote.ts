import type { Operation } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { bindSteps, type OpenedOperation } from '@/lib/operations/engine/opened-operation'
import type { Step } from '@/lib/operations/engine/step'
import { holdOf, openHosts } from '@/lib/operations/open-hosts'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { type AnyPromoteBasis, type PromoteBasis, promotesDatabase } from '@/lib/operations/promote/basis'
import type { AnyPromoteContext, PromoteContext } from '@/lib/operations/promote/context'
import { promoteFacts } from '@/lib/operations/promote/facts'
import { promoteBasis } from '@/lib/operations/promote/plan-promote'
import { promoteFileSteps, promoteSteps } from '@/lib/operations/promote/promote-steps'

/** What is built where the pair protects its database, and where it leaves it out; null where the facts leave nothing to act on. */
export type StepsOf = {
  readonly database: (basis: PromoteBasis) => readonly Step<PromoteContext>[] | null
  readonly files: (basis: AnyPromoteBasis) => readonly Step<AnyPromoteContext>[] | null
}

/**
 * The steps of a stored operation that rests on a promotion's facts, as its plan showed them. Throws NOT_FOUND, INTERNAL on a plan that can't be read.
 */
export async function openOnPromoteFacts(
  operation: Operation,
  ports: OperationPorts,
  stepsOf: StepsOf,
): Promise<OpenedOperation> {
  const facts = promoteFacts.parse(operation.plan.facts)
  const opened = await openHosts(operation, ports)
  const basis = promoteBasis({ ...opened, facts })
  const hold = holdOf(operation, opened, ports, facts)
  if (basis && promotesDatabase(basis)) {
    // To open a session takes longer than to promote: it is opened while the host is being held. What can't be opened is told by
    // the step that needs it.
    opened.databases.standby.query('select 1').catch(() => undefined)
    const steps = stepsOf.database(basis)
    if (steps) return bindSteps(steps, { ...opened, ...basis }, hold)
  } else if (basis) {
    const steps = stepsOf.files(basis)
    if (steps) return bindSteps(steps, { ...opened, ...basis }, hold)
  }
  throw new AppError('INTERNAL', 'The plan of this operation does not say what lies where on its hosts.', {
    fix: 'Close the operation and start it again.',
  })
}

/** The steps of a stored promote operation. Throws as `openOnPromoteFacts`. */
export const openPromote = (operation: Operation, ports: OperationPorts): Promise<OpenedOperation> =>
  openOnPromoteFacts(operation, ports, { database: promoteSteps, files: promoteFileSteps })
