import { z } from 'zod'
import { neededRoles } from '@/lib/domain/needed-roles'
import { isHolding } from '@/lib/domain/operation-state'
import { parseInput } from '@/lib/domain/parse-input'
import { unknownPromotion } from '@/lib/domain/promoted-by-hand'
import { AppError } from '@/lib/errors'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findPair } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

const takePromotionInput = z.object({ slug: z.string().min(1) })

/**
 * Takes the truth of a promotion by the break-glass kit into the pair's record: its roles are exchanged, and the old primary, which nobody fenced
 * from here, is watched for. Nothing is changed on the hosts. Throws PRECONDITION_FAILED where the latest look does not show such a
 * promotion, PAIR_BUSY while an operation holds the pair.
 */
export async function takePromotion(context: ServiceContext, given: unknown): Promise<void> {
  await requireRole(context, neededRoles.promote, 'pair.take-promotion')
  const { slug } = parseInput(takePromotionInput, given)
  await act(context, { action: 'pair.take-promotion', subject: slug }, (commit) =>
    commit(async ({ pairs, hosts, operations, observations }) => {
      // Two workers may see it at once.
      const pair = await pairs.hold((await findPair({ pairs }, slug)).id)
      const current = await operations.current(pair.id)
      if (current && isHolding(current.state))
        throw new AppError('PAIR_BUSY', `An operation holds “${slug}”.`, { fix: 'Let it end, or close it.' })
      const latest = await observations.latest(pair.id)
      const standby = await hosts.find(pair.hosts.standby)
      if (!latest || !standby || !unknownPromotion(pair, standby, latest.observation))
        throw new AppError('PRECONDITION_FAILED', `The standby of “${slug}” was not promoted by hand.`, {
          fix: 'Look at the pair’s page for what it is.',
        })
      const exchanged = { primary: pair.hosts.standby, standby: pair.hosts.primary }
      await pairs.update(pair.id, { hosts: exchanged, formerPrimary: 'watched', pause: null })
    }),
  )
}
