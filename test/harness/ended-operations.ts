import type { Operation } from '@/lib/domain/operation'
import { plannedStep, planOf, queuedOperation } from '@/test/harness/operation-events'

/** The record of a dashboard whose operations have all ended, as where tests run one after the other: a lock left is taken over. */
export const endedOperations = {
  async find(operationId: string): Promise<Operation> {
    const plan = planOf([plannedStep('one')], { operationId })
    return { ...queuedOperation(plan, {}), state: 'closed' }
  },
}
