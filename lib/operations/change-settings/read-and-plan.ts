import { inputOf } from '@/lib/operations/change-settings/basis'
import type { ChangeFacts } from '@/lib/operations/change-settings/facts'
import { planChange } from '@/lib/operations/change-settings/plan-change'
import { toInstall } from '@/lib/operations/create/package-facts'
import { readCreateFacts } from '@/lib/operations/create/read-create-facts'
import type { PairPlanner } from '@/lib/operations/pair-planners'

/** The plan of a change of settings, from what both hosts say now and what they have of what comes. */
export const readAndPlanChange: PairPlanner<'change-settings'> = async (ground, reader) => {
  const { pair, options: after } = ground
  const { settings } = pair
  const before: ChangeFacts['before'] = {
    scope: pair.scope,
    settings: { ...settings, directories: [...settings.directories] },
  }
  const input = { ...inputOf(pair, { before, after }) }
  // Servers are asked where the pair has a database, whatever was chosen.
  const asked = { ...input, scope: { ...input.scope, database: pair.scope.database } }
  const reading = readCreateFacts({
    ...ground,
    doors: reader.doorsOf(ground),
    input: asked,
    clock: reader.clock,
  }).then((facts): ChangeFacts => ({ ...facts, before, after }))
  const planned = reading.then((facts) => planChange({ ...ground, facts }, reader.clock.now()))
  return reader.withHosts(ground, { ...pair, wanted: after }, planned, {
    installs: reading.then(({ packages }) => toInstall(packages).length > 0),
    required: ['primary', 'standby'],
  })
}
