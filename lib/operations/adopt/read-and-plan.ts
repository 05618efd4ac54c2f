import { hbaBlockOf } from '@/lib/commands/postgres-hba'
import { leftToTake } from '@/lib/domain/adopt/adoption'
import { type Role, roles } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import type { AdoptFacts, FoundFacts } from '@/lib/operations/adopt/facts'
import { planAdopt } from '@/lib/operations/adopt/plan-adopt'
import { readFoundFacts } from '@/lib/operations/adopt/read-found-facts'
import type { PairPlanner } from '@/lib/operations/pair-planners'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { inputOf } from '@/lib/operations/repair/input-of'
import type { HostDoor } from '@/lib/ports/host-door'

/** The lines of ours that stand in pg_hba.conf of each host: an undo puts them back. Of a host that can't be asked there are none. */
async function readHbaBlocks(
  doors: Readonly<Record<Role, HostDoor>>,
  facts: FoundFacts,
  slug: string,
): Promise<AdoptFacts['hbaBlocks']> {
  const read = async (role: Role) => {
    const path = answerOf(facts[role].server)?.hbaFile
    if (path === undefined) return null
    try {
      const content = await doors[role].readFile(path, 'database-owner')
      return content === null ? null : hbaBlockOf(content, slug)
    } catch (error) {
      if (error instanceof AppError) return null
      throw error
    }
  }
  const [primary, standby] = await Promise.all(roles.map(read))
  return { primary: primary ?? null, standby: standby ?? null }
}

/** The plan by which pieces of a pair are taken over, from what is found on its hosts now. */
export const readAndPlanAdopt: PairPlanner<'adopt'> = async (ground, reader) => {
  const { pair, options } = ground
  const { doorsOf, clock, withHosts } = reader
  const doors = doorsOf(ground)
  const input = inputOf(pair)
  const left = leftToTake(pair)
  const pieces = options.pieces.length > 0 ? [...options.pieces] : [...left]
  const plan = async () => {
    const found = await readFoundFacts({ ...ground, doors, input, clock })
    const hbaBlocks = await readHbaBlocks(doors, found, pair.slug)
    const facts: AdoptFacts = { ...found, pieces, taken: [...(pair.adoption?.taken ?? [])], input, hbaBlocks }
    return planAdopt({ ...ground, facts }, clock.now())
  }
  return withHosts(ground, pair, plan(), {
    installs: Promise.resolve(false),
    required: ['primary', 'standby'],
  })
}
