import { createPlanners as createOperationPlanners } from '@/lib/operations/planners'
import type { Doors } from '@/lib/ports/host-door'
import type { Planners } from '@/lib/ports/planners'
import type { Store } from '@/lib/ports/store'
import type { Clock } from '@/lib/time'

/** The planners of `lib/operations` on this process's doors. */
export const createPlanners = (
  doors: Doors,
  clock: Clock,
  store: Pick<Store, 'dashboard' | 'operations'>,
): Planners => createOperationPlanners({ doors, clock, judge: store, operations: store.operations })
