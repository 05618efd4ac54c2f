import type { Role } from '@/lib/domain/pair'
import { type Pause, pauseParts } from '@/lib/domain/pause'
import type { PairPlanner, PlanReader } from '@/lib/operations/pair-planners'
import type { PauseFacts } from '@/lib/operations/pause/facts'
import { planPause } from '@/lib/operations/pause/plan-pause'
import { readHostFacts } from '@/lib/operations/preflight/read-host-facts'
import type { PairPlanGround } from '@/lib/ports/planners'

const withoutReadOnly = ({ what, ...rest }: Pause) => ({ ...rest, what: [...what] })

async function readFacts(
  { pair, profile, hosts, ...ground }: PairPlanGround,
  { doorsOf, clock }: PlanReader,
  after: PauseFacts['after'],
): Promise<PauseFacts> {
  const doors = doorsOf({ ...ground, profile, hosts })
  const asksServer = pair.scope.database
  const read = (role: Role) =>
    readHostFacts({ door: doors[role], host: hosts[role], profile, directories: [], clock, asksServer })
  const [standby, primary] = await Promise.all([read('standby'), read('primary')])
  return { standby, primary, before: pair.pause ? withoutReadOnly(pair.pause) : null, after }
}

function plan(ground: PairPlanGround, reader: PlanReader, after: PauseFacts['after']) {
  const reading = readFacts(ground, reader, after)
  const planned = reading.then((facts) => planPause({ ...ground, facts }, reader.clock.now()))
  return reader.withHosts(ground, ground.pair, planned, {
    installs: null,
    required: ['standby'],
    beside: ['primary'],
  })
}

/** The plan of a pause: what is paused already stays so, until the new end. */
export const readAndPlanPause: PairPlanner<'pause'> = (ground, reader) => {
  const { options, pair } = ground
  const what = pauseParts.filter((part) => options.what.includes(part) || pair.pause?.what.includes(part))
  return plan(ground, reader, { what, until: options.until })
}

/** The plan of going on. */
export const readAndPlanResume: PairPlanner<'resume'> = (ground, reader) => plan(ground, reader, null)
