import type { Pair, Role } from '@/lib/domain/pair'
import type { PairOperationOptions } from '@/lib/domain/pair-operations'
import { AppError } from '@/lib/errors'
import { exchanged } from '@/lib/operations/exchanged'
import { planFence } from '@/lib/operations/fence/plan-fence'
import type { PairPlanner } from '@/lib/operations/pair-planners'
import { readGround } from '@/lib/operations/promote/read-ground'

/** Which host the operator has chosen; null where a promotion made one of them the former primary. Throws INVALID_INPUT. */
function chosenOf(
  { formerPrimary }: Pick<Pair, 'formerPrimary'>,
  { host = 'standby' }: PairOperationOptions['fence'],
): Role | null {
  if (formerPrimary === 'none') return host
  if (host === 'standby') return null
  throw new AppError('INVALID_INPUT', 'The former primary is the one to fence.', {
    fix: 'Leave out which host: a promotion has made that clear.',
  })
}

/** The plan of a fence. The former primary is the pair's standby by then; in the plan it has the role that it had before. */
export const readAndPlanFence: PairPlanner<'fence'> = async (ground, reader) => {
  const { doorsOf, clock, operations, withHosts } = reader
  const { givingWay, pair, options } = ground
  const chosen = chosenOf(pair, options)
  const before = chosen === 'primary' ? ground : { ...ground, hosts: exchanged(ground.hosts) }
  const reading = readGround({ ...before, doors: doorsOf(before), clock, operations })
  const planned = reading.then((read) =>
    planFence({ ...before, facts: chosen ? { ...read, chosen } : read }, clock.now()),
  )
  return withHosts(before, pair, planned, {
    installs: null,
    required: ['primary'],
    beside: ['standby'],
    givingWay,
  })
}
