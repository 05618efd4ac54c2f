import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { applicationOf } from '@/lib/operations/application-of'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import type { PromoteBasis } from '@/lib/operations/promote/basis'
import type { PromoteContext } from '@/lib/operations/promote/context'
import { proveOldPrimary } from '@/lib/operations/promote/steps/prove-old-primary'
import { stopApplication } from '@/lib/operations/steps/stop-application'

const isUnitLoaded = (facts: HostFacts) => answerOf(facts.machine)?.applicationUnit?.loadState === 'loaded'

/** Stops the application on the old primary; no step where there is none. */
export function stopOldApplication(
  basis: PromoteBasis,
  layout: PostgresLayout,
): readonly Step<PromoteContext>[] {
  const { hosts, facts, pair } = basis
  const host = hosts.primary
  const application = applicationOf({ ...basis, host, slug: pair.slug, facts: facts.primary })
  const isThere = facts.primary.applicationHealthy !== null || isUnitLoaded(facts.primary)
  if (application === null || !isThere) return []
  const prove = proveOldPrimary(basis, layout)
  const id = 'stop-old-application'
  return [stopApplication<PromoteContext>({ id, role: 'primary', host, application, prove })]
}
