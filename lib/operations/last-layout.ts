import { z } from 'zod'
import type { Host } from '@/lib/domain/host'
import type { Operation } from '@/lib/domain/operation'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { hostFacts } from '@/lib/operations/preflight/host-facts'

const planFacts = z.object({ primary: hostFacts, standby: hostFacts })

/**
 * Where a host's PostgreSQL was whenever a plan saw it, the latest first: a host that is asked too late does not tell any more.
 * `operations` of its pair, the latest first; none is read further than is asked for.
 */
export function* layoutsOf(
  operations: readonly Pick<Operation, 'plan'>[],
  host: Pick<Host, 'id' | 'privilege' | 'user' | 'home'>,
): Iterable<PostgresLayout> {
  for (const { plan } of operations) {
    if (![plan.hosts.primary, plan.hosts.standby].includes(host.id)) continue
    const facts = planFacts.safeParse(plan.facts)
    if (!facts.success) continue
    const seen = plan.hosts.primary === host.id ? facts.data.primary : facts.data.standby
    const layout = postgresLayoutOf(seen, host)
    if (layout) yield layout
  }
}
