import { type ActionRule, busy, closed } from '@/lib/domain/actions/action'

const noStandby = closed('There is no standby whose data could be tried.')
const rePair = closed('The standby must be re-paired first: what it holds now is not what would be promoted.')

/** Open wherever a sound standby streams: a drill takes of its disks and processors, and gives way to replication. */
export const drillAction: ActionRule = {
  byState: {
    unpaired: noStandby,
    working: busy,
    protected: 'open',
    'catching-up': 'open',
    degraded: 'open',
    disconnected: closed(
      'No WAL is arriving at the standby: see to that first, a drill would only stand in the way.',
    ),
    'standby-lost': rePair,
    diverged: rePair,
    'no-primary': closed('The primary is down: promote the standby; nothing may keep it from that.'),
    'two-primaries': closed('Both hosts accept writes: fence the one that must not be primary first.'),
    unprotected: noStandby,
    unknown: closed('Understudy does not see enough of the pair to tell whether a drill would disturb it.'),
  },
  unless({ hasDatabase, isPaused }) {
    if (!hasDatabase) return 'This pair leaves its database out: there is nothing to start and recover.'
    return isPaused
      ? 'Something of the pair is paused: resume it first, so that what is tried is what would be promoted.'
      : null
  },
}
