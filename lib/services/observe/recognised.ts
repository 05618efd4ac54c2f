import type { FoundReplicationView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import type { PlanGround } from '@/lib/ports/planners'
import type { ServiceContext } from '@/lib/services/context'
import { requirePassed } from '@/lib/services/operations/require-passed'

/**
 * What replicates between the hosts, and the pair that it makes. Throws PRECONDITION_FAILED where it can't be observed, INVALID_INPUT where one of
 * the directories that are to be left out is copied by nothing.
 */
export async function recognised(
  { planners, actor }: Pick<ServiceContext, 'planners' | 'actor'>,
  ground: PlanGround,
  without: readonly string[],
): Promise<Pick<FoundReplicationView, 'found' | 'proposal'>> {
  const { found, checks, proposal } = await planners.recognise(ground)
  requirePassed(checks, [], actor.name)
  const ids = proposal.settings.directories.map(({ id }) => id)
  const unknown = without.find((id) => !ids.includes(id))
  if (unknown !== undefined)
    throw new AppError('INVALID_INPUT', `No directory “${unknown}” is copied by a job that was found.`, {
      fix: ids.length > 0 ? `There are: ${ids.join(', ')}.` : 'Leave nothing out: no job was found.',
      fields: { without: `There is no ${unknown}.` },
    })
  return { found, proposal }
}
