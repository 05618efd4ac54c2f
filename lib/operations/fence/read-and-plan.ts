import { planFence } from '@/lib/operations/fence/plan-fence'
import type { PairPlanner } from '@/lib/operations/pair-planners'
import { readFilePromoteFacts } from '@/lib/operations/promote/read-file-promote-facts'
import { readPromoteFacts } from '@/lib/operations/promote/read-promote-facts'

/** The plan of a fence. The former primary is the pair's standby by then; in the plan it has the role that it had before. */
export const readAndPlanFence: PairPlanner<'fence'> = async (ground, { doorsOf, clock, withHosts }) => {
  const { primary, standby } = ground.hosts
  const before = { ...ground, hosts: { primary: standby, standby: primary } }
  const read = ground.pair.scope.database ? readPromoteFacts : readFilePromoteFacts
  const reading = read({ ...before, doors: doorsOf(before), clock })
  const planned = reading.then((facts) => planFence({ ...before, facts }, clock.now()))
  return withHosts(before, ground.pair, planned, null)
}
