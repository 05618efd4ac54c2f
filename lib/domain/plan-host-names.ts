import type { Plan } from '@/lib/domain/operation'
import type { Role } from '@/lib/domain/pair'
import type { PairView } from '@/lib/domain/views'

/** The hosts' names in the roles of a plan of the pair: a fence is planned in the roles that they had before. */
export function planHostNames(
  { pair, hosts }: Pick<PairView, 'pair' | 'hosts'>,
  plan: Pick<Plan, 'hosts'>,
): Readonly<Record<Role, string>> {
  const nameOf = (role: Role) =>
    plan.hosts[role] === pair.hosts.primary ? hosts.primary.name : hosts.standby.name
  return { primary: nameOf('primary'), standby: nameOf('standby') }
}
