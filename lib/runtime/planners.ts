import { AppError } from '@/lib/errors'
import type { Doors } from '@/lib/ports/host-door'
import type { Planners } from '@/lib/ports/planners'
import type { Clock } from '@/lib/time'

const absent = async (): Promise<never> => {
  throw new AppError('INTERNAL', 'The planners are not wired into this build.')
}

/** The planners of `lib/operations` on this process's doors. */
export function createPlanners(_doors: Doors, _clock: Clock): Planners {
  return { readFound: absent, checkCreate: absent, planCreate: absent, planPromote: absent }
}
