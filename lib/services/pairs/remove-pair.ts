import { z } from 'zod'
import { isOnlyObserved } from '@/lib/domain/adopt/adoption'
import { neededRoles } from '@/lib/domain/needed-roles'
import { parseInput } from '@/lib/domain/parse-input'
import { AppError } from '@/lib/errors'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findPair } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

const removePairInput = z.object({ slug: z.string().min(1) })

/**
 * Forgets a pair that was never made, whose create was undone, that was taken apart or that is only observed, with the record of its operations;
 * nothing is changed on the hosts, which are free for another pair then. Throws PRECONDITION_FAILED while its hosts replicate, PAIR_BUSY while an
 * operation holds it.
 */
export async function removePair(context: ServiceContext, input: unknown): Promise<void> {
  await requireRole(context, neededRoles.create, 'pair.remove')
  const { slug } = parseInput(removePairInput, input)
  await act(context, { action: 'pair.remove', subject: slug }, (commit) =>
    commit(async ({ pairs }) => {
      const pair = await findPair({ pairs }, slug)
      if (pair.isPaired && !isOnlyObserved(pair))
        throw new AppError('PRECONDITION_FAILED', `The hosts of “${slug}” are a pair.`, {
          fix: 'Take it apart first (understudy unpair), then it can be forgotten.',
        })
      await pairs.remove(pair.id)
    }),
  )
}
