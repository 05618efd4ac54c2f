import type { Operation } from '@/lib/domain/operation'
import type { OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { fenceFileSteps, fenceSteps } from '@/lib/operations/fence/fence-steps'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { openOnPromoteFacts } from '@/lib/operations/promote/open-promote'

/** The steps of a stored fence operation. Throws as `openOnPromoteFacts`. */
export const openFence = (operation: Operation, ports: OperationPorts): Promise<OpenedOperation> =>
  openOnPromoteFacts(operation, ports, {
    database: (basis) => basis.layouts.primary && fenceSteps(basis, basis.layouts.primary),
    files: (basis) => (basis.facts.primary.machine.seen ? fenceFileSteps(basis) : null),
  })
