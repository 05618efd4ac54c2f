import { type Adoption, foundAgain, isObserved } from '@/lib/domain/adopt/adoption'
import { leavingOut } from '@/lib/domain/adopt/proposal'
import { lookAgainInput } from '@/lib/domain/inputs'
import { neededRoles } from '@/lib/domain/needed-roles'
import { parseInput } from '@/lib/domain/parse-input'
import type { FoundReplicationView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findHosts, findPair, findProfile } from '@/lib/services/find-or-throw'
import { recognised } from '@/lib/services/observe/recognised'
import { requireIdle } from '@/lib/services/observe/require-idle'
import { requireRole } from '@/lib/services/require-role'

/**
 * Looks anew at what replicates on an observed pair: jobs and programs may be others by now. What is taken over of it stays as it is, and so do the
 * pair's settings then. Throws PRECONDITION_FAILED where the pair is not observed or a check fails, INVALID_INPUT, NOT_FOUND, PAIR_BUSY.
 */
export async function lookAgain(context: ServiceContext, given: unknown): Promise<void> {
  await requireRole(context, neededRoles.adopt, 'pair.look-again')
  const { slug, without } = parseInput(lookAgainInput, given)
  await act(context, { action: 'pair.look-again', subject: slug }, async (commit) => {
    const { profileId, hosts } = await findPair(context.store, slug)
    const ground = {
      profile: findProfile(context, profileId),
      hosts: await findHosts(context.store, hosts),
    }
    const seen = await recognised(context, ground, without ?? [])
    await commit(async (repositories) => {
      const pair = await findPair(repositories, slug)
      const { adoption } = pair
      if (!adoption || !isObserved(pair)) throw isOwnAlready(slug)
      await requireIdle(repositories, pair.id)
      await repositories.pairs.update(pair.id, afterLook(adoption, seen, without ?? adoption.without))
    })
  })
}

const isOwnAlready = (slug: string) =>
  new AppError('PRECONDITION_FAILED', `${slug} is Understudy’s own: nothing of it is observed.`, {
    fix: 'Nothing has to be looked for: its page says how it is.',
  })

/** What the pair is from then on. */
function afterLook(
  adoption: Adoption,
  { found, proposal }: Pick<FoundReplicationView, 'found' | 'proposal'>,
  without: readonly string[],
) {
  const again = { ...adoption, found: foundAgain(adoption, found) }
  if (adoption.taken.length > 0) return { adoption: again }
  const { scope, settings, pieces } = leavingOut(proposal, without)
  return { scope, settings, adoption: { ...again, pieces, without } }
}
