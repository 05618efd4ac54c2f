import type { Role } from '@/lib/domain/pair'
import { layoutsOf } from '@/lib/operations/last-layout'
import type { PlanReader } from '@/lib/operations/pair-planners'
import type { PromoteFacts } from '@/lib/operations/promote/facts'
import { readFilePromoteFacts } from '@/lib/operations/promote/read-file-promote-facts'
import { readPromoteFacts } from '@/lib/operations/promote/read-promote-facts'
import type { HostDoor } from '@/lib/ports/host-door'
import type { PairPlanGround } from '@/lib/ports/planners'

/** How many of a pair's latest operations are searched for where its primary's PostgreSQL was seen last. */
const searchedMax = 20

export type ReadGround = Pick<PairPlanGround, 'pair' | 'profile' | 'hosts' | 'latest'> &
  Pick<PlanReader, 'clock' | 'operations'> & { readonly doors: Readonly<Record<Role, HostDoor>> }

/** What a promotion, or a fence, finds on both hosts. */
export function readGround(ground: ReadGround): Promise<PromoteFacts> {
  const { pair, hosts, operations } = ground
  if (!pair.scope.database) return readFilePromoteFacts(ground)
  const layouts = async () => layoutsOf(await operations.listOfPair(pair.id, searchedMax), hosts.primary)
  return readPromoteFacts({ ...ground, layouts })
}
