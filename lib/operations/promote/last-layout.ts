import { z } from 'zod'
import type { Host } from '@/lib/domain/host'
import type { Operation } from '@/lib/domain/operation'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { hostFacts } from '@/lib/operations/preflight/host-facts'

const planFacts = z.object({ primary: hostFacts, standby: hostFacts })

type KnownHost = Pick<Host, 'id' | 'privilege' | 'user' | 'home'>

function findLayout(
  operations: readonly Pick<Operation, 'plan'>[],
  host: KnownHost,
  isWanted: (layout: PostgresLayout) => boolean,
): PostgresLayout | null {
  for (const { plan } of operations) {
    const facts = planFacts.safeParse(plan.facts)
    if (!facts.success) continue
    const seen = plan.hosts.primary === host.id ? facts.data.primary : facts.data.standby
    const isOfHost = [plan.hosts.primary, plan.hosts.standby].includes(host.id)
    const layout = isOfHost ? postgresLayoutOf(seen, host) : null
    if (layout && isWanted(layout)) return layout
  }
  return null
}

/**
 * Where a host's PostgreSQL was when a plan last saw it, as a server of this system: a host that is asked too late does not tell any more.
 * `operations` of its pair, the latest first. Null where no plan saw it.
 */
export const lastLayoutOf = (
  operations: readonly Pick<Operation, 'plan'>[],
  host: KnownHost,
  systemIdentifier: string,
): PostgresLayout | null =>
  findLayout(operations, host, (layout) => layout.systemIdentifier === systemIdentifier)

/** The same of whatever server was there: a copy lies where the standby's own data did. */
export const anyLayoutOf = (
  operations: readonly Pick<Operation, 'plan'>[],
  host: KnownHost,
): PostgresLayout | null => findLayout(operations, host, () => true)
