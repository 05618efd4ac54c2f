import type { Role } from '@/lib/domain/pair'
import type { PairPlanner } from '@/lib/operations/pair-planners'
import type { PromoteFacts } from '@/lib/operations/promote/facts'
import { isStillAsPlanned } from '@/lib/operations/promote/is-still-as-planned'
import { planPromote } from '@/lib/operations/promote/plan-promote'
import { readFilePromoteFacts } from '@/lib/operations/promote/read-file-promote-facts'
import { readNewerFiles } from '@/lib/operations/promote/read-newer-files'
import { readPromoteFacts } from '@/lib/operations/promote/read-promote-facts'
import type { HostDoor } from '@/lib/ports/host-door'
import type { PairPlanGround } from '@/lib/ports/planners'
import type { Clock } from '@/lib/time'

/** What a promotion rests on, and what it would lose. */
async function readPromote(
  ground: PairPlanGround,
  doors: Readonly<Record<Role, HostDoor>>,
  clock: Clock,
): Promise<PromoteFacts> {
  const read = ground.pair.scope.database ? readPromoteFacts : readFilePromoteFacts
  const [facts, newerFiles] = await Promise.all([
    read({ ...ground, doors, clock }),
    readNewerFiles({ ...ground, door: doors.primary }),
  ])
  return { ...facts, newerFiles }
}

/** The plan of a promotion, or the one that was shown while the hosts are seen as that plan saw them: somebody waits for it. */
export const readAndPlanPromote: PairPlanner<'promote'> = async (ground, { doorsOf, clock, withHosts }) => {
  const { shown, pair, latest } = ground
  if (shown && latest && isStillAsPlanned(shown, pair, latest)) return shown
  const reading = readPromote(ground, doorsOf(ground), clock)
  const planned = reading.then((facts) => planPromote({ ...ground, facts }, clock.now()))
  return withHosts(ground, pair, planned, null)
}
