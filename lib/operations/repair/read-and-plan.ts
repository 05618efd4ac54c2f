import { rolesToBe } from '@/lib/domain/turned-round'
import { toInstall } from '@/lib/operations/create/package-facts'
import type { PairPlanner } from '@/lib/operations/pair-planners'
import { planRepair } from '@/lib/operations/repair/plan-repair'
import { readRepairFacts } from '@/lib/operations/repair/read-repair-facts'

/** The plan of a re-pair, in the roles that the hosts have by what was seen last; its checks see whether that is still so. */
export const readAndPlanRepair: PairPlanner<'re-pair'> = async (given, reader) => {
  const { doorsOf, clock, operations, withHosts } = reader
  const { pair, latest } = given
  const verdict = latest?.verdict ?? null
  const ground = {
    ...given,
    pair: { ...pair, hosts: rolesToBe(pair.hosts, verdict, pair) },
    hosts: rolesToBe(given.hosts, verdict, pair),
  }
  const reading = readRepairFacts({ ...ground, doors: doorsOf(ground), clock, operations }, pair.hosts)
  const planned = reading.then((facts) => planRepair({ ...ground, facts }, clock.now()))
  return withHosts(ground, ground.pair, planned, {
    installs: reading.then(({ packages }) => toInstall(packages).length > 0),
    required: ['primary', 'standby'],
  })
}
