import type { RowFiles } from '@/lib/domain/row-files'
import { promoteFacts } from '@/lib/operations/promote/facts'
import type { ReadGround } from '@/lib/operations/promote/read-ground'
import { lookForRowFiles } from '@/lib/operations/row-files/look-for-files'
import type { PairPlanGround } from '@/lib/ports/planners'

/** Somebody waits for the plan: what was not looked at by then is said. */
const rowFilesMs = 5_000

/**
 * Which files that rows refer to the standby lacks: as they were shown, where a plan was. Between a click and the promotion nobody waits
 * for that.
 */
export async function readRowFiles({
  shown,
  ...ground
}: ReadGround & Pick<PairPlanGround, 'shown'>): Promise<RowFiles | null> {
  const kept = shown && promoteFacts.safeParse(shown.facts).data?.rowFiles
  if (kept) return kept
  const { doors, hosts } = ground
  const until = AbortSignal.timeout(rowFilesMs)
  return lookForRowFiles({ ...ground, door: doors.standby, host: hosts.standby }, until)
}
