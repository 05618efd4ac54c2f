import { passwords } from '@/lib/auth/passwords'
import { createPlanners } from '@/lib/runtime/planners'
import type { Wiring } from '@/lib/runtime/wiring'
import type { ServiceContext } from '@/lib/services/context'

/** Everything of a verb's context but who asks, the same for pages, API and command line. */
export function createVerbsGround(wiring: Wiring): Omit<ServiceContext, 'actor' | 'origin'> {
  const { store, clock, doors, access, profiles, profileProblems } = wiring
  const planners = createPlanners(doors, clock, store)
  return { store, clock, doors, access, profiles, profileProblems, passwords, planners }
}
