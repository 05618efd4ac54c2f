import type { PairPlanner } from '@/lib/operations/pair-planners'
import { planUnpair } from '@/lib/operations/unpair/plan-unpair'
import { readUnpairFacts } from '@/lib/operations/unpair/read-unpair-facts'

/** How many of a pair's latest operations are searched for where its servers were seen last. */
const searchedMax = 20

/** The plan of an unpair: with both hosts, or with the one that answers. */
export const readAndPlanUnpair: PairPlanner<'unpair'> = async (ground, reader) => {
  const { doorsOf, clock, operations, withHosts } = reader
  const { pair, options } = ground
  const read = async () => {
    const facts = await readUnpairFacts({
      ...ground,
      doors: doorsOf(ground),
      leave: options.leave,
      operations: await operations.listOfPair(pair.id, searchedMax),
      findOperation: (id) => operations.find(id),
      clock,
    })
    return planUnpair({ ...ground, facts }, clock.now())
  }
  return withHosts(ground, pair, read(), { installs: Promise.resolve(false), required: [] })
}
