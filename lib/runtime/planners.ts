import type { LockJudge } from '@/lib/operations/host-locks'
import { createPlanners as createOperationPlanners } from '@/lib/operations/planners'
import type { Doors } from '@/lib/ports/host-door'
import type { Planners } from '@/lib/ports/planners'
import type { Clock } from '@/lib/time'

/** The planners of `lib/operations` on this process's doors. */
export const createPlanners = (doors: Doors, clock: Clock, judge: LockJudge): Planners =>
  createOperationPlanners({ doors, clock, judge })
