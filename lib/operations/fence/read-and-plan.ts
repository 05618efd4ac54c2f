import { planFence } from '@/lib/operations/fence/plan-fence'
import type { PairPlanner } from '@/lib/operations/pair-planners'
import { readGround } from '@/lib/operations/promote/read-ground'

/** The plan of a fence. The former primary is the pair's standby by then; in the plan it has the role that it had before. */
export const readAndPlanFence: PairPlanner<'fence'> = async (ground, reader) => {
  const { doorsOf, clock, operations, withHosts } = reader
  const { givingWay, pair } = ground
  const { primary, standby } = ground.hosts
  const before = { ...ground, hosts: { primary: standby, standby: primary } }
  const reading = readGround({ ...before, doors: doorsOf(before), clock, operations })
  const planned = reading.then((facts) => planFence({ ...before, facts }, clock.now()))
  return withHosts(before, pair, planned, {
    installs: null,
    required: ['primary'],
    beside: ['standby'],
    givingWay,
  })
}
