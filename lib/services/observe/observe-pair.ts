import type { Adoption } from '@/lib/domain/adopt/adoption'
import { leavingOut } from '@/lib/domain/adopt/proposal'
import { observeInput } from '@/lib/domain/inputs'
import { neededRoles } from '@/lib/domain/needed-roles'
import { parseInput } from '@/lib/domain/parse-input'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { createGround } from '@/lib/services/create/create-ground'
import { recognised } from '@/lib/services/observe/recognised'
import { requireIdle } from '@/lib/services/observe/require-idle'
import { findReusable } from '@/lib/services/pairs/find-reusable'
import { requireRole } from '@/lib/services/require-role'

/**
 * Takes two hosts that somebody else made a pair into the store as one that is only observed: it is watched from then on, and nothing is changed on
 * its hosts. Throws PRECONDITION_FAILED where a check fails, INVALID_INPUT for a directory that nothing copies, CONFLICT where the name or a host is
 * taken, PAIR_BUSY.
 */
export async function observePair(context: ServiceContext, given: unknown): Promise<void> {
  await requireRole(context, neededRoles.adopt, 'pair.observe')
  const { slug, profileId, hosts, without } = parseInput(observeInput, given)
  await act(context, { action: 'pair.observe', subject: slug }, async (commit) => {
    const ground = await createGround(context, { profileId, hosts })
    const { found, proposal } = await recognised(context, ground, without)
    const { scope, settings, pieces } = leavingOut(proposal, without)
    const since = context.clock.now().toISOString()
    const adoption: Adoption = { since, by: context.actor.name, pieces, taken: [], without, found }
    const kept = { scope, settings, hosts, isPaired: true, formerPrimary: 'none', adoption } as const
    await commit(async (repositories) => {
      const { pairs } = repositories
      const known = await findReusable(repositories, { slug, profileId })
      if (!known) {
        await pairs.insert({ slug, profileId, ...kept })
        return
      }
      await requireIdle(repositories, known.id)
      await pairs.update(known.id, { ...kept, pause: null })
    }, found.maker)
  })
}
