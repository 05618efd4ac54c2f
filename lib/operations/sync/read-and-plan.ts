import type { Role } from '@/lib/domain/pair'
import type { PairPlanner } from '@/lib/operations/pair-planners'
import { readHostFacts } from '@/lib/operations/preflight/read-host-facts'
import { planSync } from '@/lib/operations/sync/plan-sync'

/** The plan of a sync that somebody asks for. The primary is read by the standby alone, so that it may be away from us. */
export const readAndPlanSync: PairPlanner<'sync'> = (ground, reader) => {
  const { pair, profile, hosts, options } = ground
  const doors = reader.doorsOf(ground)
  const asksServer = pair.scope.database
  const read = (role: Role) =>
    readHostFacts({
      ...{ door: doors[role], host: hosts[role], profile, asksServer },
      ...{ directories: [], clock: reader.clock },
    })
  const planned = Promise.all([read('standby'), read('primary')]).then(([standby, primary]) =>
    planSync({ ...ground, facts: { standby, primary, asked: [...options.directories] } }, reader.clock.now()),
  )
  return reader.withHosts(ground, pair, planned, {
    installs: null,
    required: ['standby'],
    beside: ['primary'],
  })
}
