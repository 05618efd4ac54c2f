import { hbaBlockOf } from '@/lib/commands/postgres-hba'
import { applicationName } from '@/lib/domain/pair-names'
import { AppError } from '@/lib/errors'
import { flushLsnQuestion, streamingQuestion } from '@/lib/facts/streaming'
import { readCreateFacts } from '@/lib/operations/create/read-create-facts'
import { exchanged } from '@/lib/operations/exchanged'
import type { PairPlanner } from '@/lib/operations/pair-planners'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { isNoAccess, ownerTarget } from '@/lib/operations/preflight/read-host-facts'
import { type ReadGround, readGround } from '@/lib/operations/promote/read-ground'
import { inputOf } from '@/lib/operations/repair/input-of'
import type { SwitchoverFacts } from '@/lib/operations/switchover/facts'
import { planSwitchover } from '@/lib/operations/switchover/plan-switchover'

/** How far the standby's replay is behind, as the primary says; null where it does not stream, or can't be asked. */
async function readBehind({ doors, pair, profile }: ReadGround): Promise<number | null> {
  if (!pair.scope.database) return null
  try {
    const session = await doors.primary.database(ownerTarget(profile.postgres))
    try {
      const [at] = await session.query(flushLsnQuestion)
      const [row] = await session.query(streamingQuestion, [applicationName(pair.slug), String(at?.lsn)])
      return row?.state === 'streaming' && typeof row.behind_bytes === 'number' ? row.behind_bytes : null
    } finally {
      await session.close()
    }
  } catch (error) {
    // Why it does not answer is told by what else is asked of it.
    if (error instanceof AppError) return null
    throw error
  }
}

/** The lines of ours in the standby's pg_hba.conf: an undo puts them back. */
async function readHbaBlock(ground: ReadGround, { standby }: Pick<SwitchoverFacts, 'standby'>) {
  const layout = postgresLayoutOf(standby, ground.hosts.standby)
  if (!layout) return null
  try {
    const content = await ground.doors.standby.readFile(layout.hbaFile, 'database-owner')
    return content === null ? null : [...(hbaBlockOf(content, ground.pair.slug) ?? [])]
  } catch (error) {
    if (isNoAccess(error)) return null
    throw error
  }
}

/** Both hosts in the roles that they have and in those that they are to have. What can't be read is in the facts. */
async function readSwitchoverFacts(ground: ReadGround): Promise<SwitchoverFacts> {
  const { pair, hosts, doors } = ground
  const facts = await readGround(ground)
  const turned = await readCreateFacts({
    ...ground,
    hosts: exchanged(hosts),
    doors: exchanged(doors),
    input: inputOf({ ...pair, hosts: exchanged(pair.hosts) }),
  })
  const { formerPrimary, pause } = pair
  return {
    ...facts,
    turned,
    standbyHbaBlock: pair.scope.database ? await readHbaBlock(ground, facts) : null,
    behindBytes: await readBehind(ground),
    recorded: { formerPrimary, pause: pause ? { ...pause, what: [...pause.what] } : null },
  }
}

/** The plan of a switch over, in the roles that the pair has now. */
export const readAndPlanSwitchover: PairPlanner<'switchover'> = async (ground, reader) => {
  const { doorsOf, clock, operations, withHosts } = reader
  const reading = readSwitchoverFacts({ ...ground, doors: doorsOf(ground), clock, operations })
  const planned = reading.then((facts) => planSwitchover({ ...ground, facts }, clock.now()))
  return withHosts(ground, ground.pair, planned, { installs: null, required: ['primary', 'standby'] })
}
