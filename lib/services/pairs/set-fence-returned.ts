import { fenceReturnedInput } from '@/lib/domain/inputs'
import { neededRoles } from '@/lib/domain/needed-roles'
import { parseInput } from '@/lib/domain/parse-input'
import { AppError } from '@/lib/errors'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findPair } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

/** Sets whether a former primary of the pair that comes back writable is fenced by itself. Throws NOT_FOUND. */
export async function setFenceReturned(context: ServiceContext, given: unknown): Promise<void> {
  await requireRole(context, neededRoles.fence, 'pair.fence-returned')
  const { slug, fenceReturned } = parseInput(fenceReturnedInput, given)
  await act(context, { action: 'pair.fence-returned', subject: slug }, (commit) =>
    commit(async ({ pairs }) => {
      const { id, settings, scope } = await findPair({ pairs }, slug)
      if (!scope.database && fenceReturned === 'automatic')
        throw new AppError('PRECONDITION_FAILED', `${slug} has no database to tell a former primary by.`, {
          fix: 'Fence it yourself when it is back: the pair’s page says when.',
        })
      await pairs.update(id, { settings: { ...settings, fenceReturned } })
    }, fenceReturned),
  )
}
