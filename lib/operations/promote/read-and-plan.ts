import type { PairPlanner } from '@/lib/operations/pair-planners'
import type { PromoteFacts } from '@/lib/operations/promote/facts'
import { isStillAsPlanned } from '@/lib/operations/promote/is-still-as-planned'
import { planPromote } from '@/lib/operations/promote/plan-promote'
import { type ReadGround, readGround } from '@/lib/operations/promote/read-ground'
import { readNewerFiles } from '@/lib/operations/promote/read-newer-files'
import { readRowFiles } from '@/lib/operations/promote/read-row-files'
import type { PairPlanGround } from '@/lib/ports/planners'

/** What a promotion rests on, and what it would lose. */
async function readPromote(ground: ReadGround & Pick<PairPlanGround, 'shown'>): Promise<PromoteFacts> {
  const [facts, newerFiles, rowFiles] = await Promise.all([
    readGround(ground),
    readNewerFiles({ ...ground, door: ground.doors.primary }),
    readRowFiles(ground),
  ])
  return { ...facts, newerFiles, rowFiles }
}

/** The plan of a promotion, or the one that was shown while the hosts are seen as that plan saw them: somebody waits for it. */
export const readAndPlanPromote: PairPlanner<'promote'> = async (ground, reader) => {
  const { doorsOf, clock, operations, withHosts } = reader
  const { shown, pair, latest } = ground
  if (shown && latest && isStillAsPlanned(shown, ground, latest)) return shown
  const reading = readPromote({ ...ground, doors: doorsOf(ground), clock, operations })
  const planned = reading.then((facts) => planPromote({ ...ground, facts }, clock.now()))
  return withHosts(ground, pair, planned, { installs: null, required: ['standby'] })
}
