import type { DrillOptions } from '@/lib/domain/drill-options'
import { drillPlaces } from '@/lib/domain/drill-places'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import {
  drillHostQuestion,
  drillServerQuestion,
  parseDrillHostSurvey,
  parseDrillServerSurvey,
} from '@/lib/facts/drill-survey'
import { markOf } from '@/lib/operations/context'
import type { DrillFacts } from '@/lib/operations/drill/facts'
import { planDrill } from '@/lib/operations/drill/plan-drill'
import type { PairPlanner } from '@/lib/operations/pair-planners'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { askFor, ownerTarget, readHostFacts } from '@/lib/operations/preflight/read-host-facts'
import type { HostDoor } from '@/lib/ports/host-door'
import type { Profile } from '@/lib/profiles/schema'

const timeoutMs = 30_000

const notAsked = (standby: HostFacts) => {
  const unseen = [standby.machine, standby.server, standby.data].find(({ seen }) => !seen)
  const why =
    unseen && !unseen.seen ? unseen.why : { code: 'INTERNAL', message: 'It was not looked at.', fix: '' }
  return { seen: false, why } as const
}

async function readServer(door: HostDoor, profile: Profile) {
  const session = await door.database(ownerTarget(profile.postgres))
  try {
    return parseDrillServerSurvey(await session.query(drillServerQuestion, [], { timeoutMs }))
  } finally {
    await session.close()
  }
}

async function readHost(
  door: HostDoor,
  standby: HostFacts,
  layout: PostgresLayout,
  { directory: chosen, mark }: Pick<DrillOptions, 'directory'> & { readonly mark: string },
) {
  const directory = answerOf(standby.data)?.realDirectory || layout.dataDirectory
  const tablespaces = answerOf(standby.server)?.tablespacePlaces ?? []
  const { root } = drillPlaces({ directory, chosen, tablespaces, mark })
  const question = drillHostQuestion({ ...layout, dataDirectory: directory, root, tablespaces })
  return parseDrillHostSurvey((await door.runOrThrow(question, { timeoutMs })).stdout)
}

/** The plan of a drill, from what the standby says of itself; the primary is only asked which machine it is, for it is held meanwhile. */
export const readAndPlanDrill: PairPlanner<'drill'> = (ground, reader) => {
  const { profile, hosts, options, operationId } = ground
  const { clock } = reader
  const doors = reader.doorsOf(ground)
  const shared = { profile, directories: [], clock }
  const reading = async (): Promise<DrillFacts> => {
    const [standby, primary] = await Promise.all([
      readHostFacts({ ...shared, door: doors.standby, host: hosts.standby }),
      readHostFacts({ ...shared, door: doors.primary, host: hosts.primary, asksServer: false }),
    ])
    const layout = postgresLayoutOf(standby, hosts.standby)
    if (!layout) return { standby, primary, options, host: notAsked(standby), server: notAsked(standby) }
    const given = { directory: options.directory, mark: markOf(operationId) }
    const [host, server] = await Promise.all([
      askFor(() => readHost(doors.standby, standby, layout, given)),
      askFor(() => readServer(doors.standby, profile)),
    ])
    return { standby, primary, options, host, server }
  }
  const planned = reading().then((facts) => planDrill({ ...ground, facts }, clock.now()))
  return reader.withHosts(ground, ground.pair, planned, {
    installs: null,
    required: ['standby'],
    beside: ['primary'],
  })
}
