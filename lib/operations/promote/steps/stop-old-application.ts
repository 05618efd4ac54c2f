import { applicationOf } from '@/lib/operations/application-of'
import type { Proof, Step } from '@/lib/operations/engine/step'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import type { AnyPromoteBasis } from '@/lib/operations/promote/basis'
import type { AnyPromoteContext } from '@/lib/operations/promote/context'
import { isHung } from '@/lib/operations/promote/steps/end-hung-primary'
import { stopApplication } from '@/lib/operations/steps/stop-application'

const isUnitLoaded = (facts: HostFacts) => answerOf(facts.machine)?.applicationUnit?.loadState === 'loaded'

/** A check that fails while the database hangs does not say that the application did not run: an undo starts it again. */
const asFound = ({ primary, primaryAtRest }: AnyPromoteBasis['facts']): HostFacts =>
  isHung({ primary, primaryAtRest }) && primary.applicationHealthy === false
    ? { ...primary, applicationHealthy: true }
    : primary

/** Stops the application on the old primary; no step where there is none. */
export function stopOldApplication<C extends AnyPromoteContext>(
  basis: AnyPromoteBasis,
  prove: Proof<C>,
): readonly Step<C>[] {
  const { hosts, facts, pair } = basis
  const host = hosts.primary
  const application = applicationOf({ ...basis, host, slug: pair.slug, facts: asFound(facts) })
  const isThere = facts.primary.applicationHealthy !== null || isUnitLoaded(facts.primary)
  if (application === null || !isThere) return []
  const id = 'stop-old-application'
  return [stopApplication<C>({ id, role: 'primary', host, application, prove })]
}
