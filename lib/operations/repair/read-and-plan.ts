import { toInstall } from '@/lib/operations/create/package-facts'
import type { PairPlanner } from '@/lib/operations/pair-planners'
import { planRepair } from '@/lib/operations/repair/plan-repair'
import { readRepairFacts } from '@/lib/operations/repair/read-repair-facts'

/** The plan of a re-pair, in the roles that the pair has now. */
export const readAndPlanRepair: PairPlanner<'re-pair'> = async (ground, reader) => {
  const { doorsOf, clock, operations, withHosts } = reader
  const reading = readRepairFacts({ ...ground, doors: doorsOf(ground), clock, operations })
  const planned = reading.then((facts) => planRepair({ ...ground, facts }, clock.now()))
  return withHosts(ground, ground.pair, planned, {
    installs: reading.then(({ packages }) => toInstall(packages).length > 0),
    required: ['primary', 'standby'],
  })
}
