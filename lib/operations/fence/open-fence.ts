import type { Operation } from '@/lib/domain/operation'
import type { OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { fenceSteps } from '@/lib/operations/fence/fence-steps'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { openOnPromoteFacts } from '@/lib/operations/promote/open-promote'

/** The steps of a stored fence operation. Throws as `openOnPromoteFacts`. */
export const openFence = (operation: Operation, ports: OperationPorts): Promise<OpenedOperation> =>
  openOnPromoteFacts(operation, ports, (basis) => {
    const former = basis.layouts.primary
    return former && fenceSteps(basis, former)
  })
