import { type CreateInput, createInput, startCreateInput } from '@/lib/domain/inputs'
import { neededRoles } from '@/lib/domain/needed-roles'
import type { PairId } from '@/lib/domain/pair'
import { parseInput } from '@/lib/domain/parse-input'
import type { StartedView } from '@/lib/domain/views'
import type { Repositories } from '@/lib/ports/store'
import type { ServiceContext } from '@/lib/services/context'
import { createGround } from '@/lib/services/create/create-ground'
import { requireAcknowledged } from '@/lib/services/operations/require-acknowledged'
import { startOperation } from '@/lib/services/operations/start-operation'
import { findReusable } from '@/lib/services/pairs/find-reusable'
import { requireRole } from '@/lib/services/require-role'

/**
 * Starts making a pair. Throws INVALID_INPUT, also unless the words of the plan were typed, PRECONDITION_FAILED for a failed check, CONFLICT where the name or a host is
 * taken or the plan is no longer the one shown, PAIR_BUSY.
 */
export async function startCreate(context: ServiceContext, given: unknown): Promise<StartedView> {
  await requireRole(context, neededRoles.create, 'pair.create')
  const start = parseInput(startCreateInput, given)
  const input = createInput.parse(start)
  return startOperation(
    context,
    { action: 'pair.create', subject: input.slug },
    {
      ...start,
      input,
      makePlan: async (operationId) => {
        const ground = await createGround(context, input)
        const plan = await context.planners.planCreate({ ...ground, input, operationId })
        requireAcknowledged(
          plan,
          start.acknowledgement,
          'The standby holds someone’s data, and its name was not typed.',
        )
        return { plan, hosts: ground.hosts }
      },
      takePair: (repositories) => takePair(repositories, input),
    },
  )
}

/** The pair of that name, where an earlier create was undone or never ended; else a new one. */
async function takePair({ pairs }: Repositories, input: CreateInput): Promise<PairId> {
  const { slug, profileId, scope, settings, hosts } = input
  const known = await findReusable({ pairs }, input)
  if (!known) {
    const made = await pairs.insert({
      slug,
      profileId,
      scope,
      settings,
      hosts,
      isPaired: false,
      formerPrimary: 'none',
    })
    return made.id
  }
  await pairs.update(known.id, { scope, settings, hosts })
  return known.id
}
