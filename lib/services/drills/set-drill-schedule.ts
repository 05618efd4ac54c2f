import { drillScheduleInput } from '@/lib/domain/inputs'
import { neededRoles } from '@/lib/domain/needed-roles'
import { parseInput } from '@/lib/domain/parse-input'
import { AppError } from '@/lib/errors'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findPair } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

/**
 * Sets when drills of a pair begin by themselves, and how; with `cron` null they do not any more. Throws NOT_FOUND, INVALID_INPUT,
 * PRECONDITION_FAILED where the pair has no database.
 */
export async function setDrillSchedule(context: ServiceContext, given: unknown): Promise<void> {
  await requireRole(context, neededRoles.drill, 'pair.drill-schedule')
  const { slug, cron, options } = parseInput(drillScheduleInput, given)
  const since = context.clock.now().toISOString()
  await act(context, { action: 'pair.drill-schedule', subject: slug }, (commit) =>
    commit(async ({ pairs }) => {
      const { id, scope } = await findPair({ pairs }, slug)
      if (!scope.database && cron !== null)
        throw new AppError('PRECONDITION_FAILED', `${slug} has no database that could be tried.`, {
          fix: 'Drills are of pairs that protect their database.',
        })
      const by = context.actor.name
      await pairs.update(id, { drillSchedule: cron === null ? null : { cron, options, by, since } })
    }, cron ?? 'none'),
  )
}
