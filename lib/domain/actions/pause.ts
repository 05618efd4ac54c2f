import { type ActionRule, busy, closed } from '@/lib/domain/actions/action'

const noStandby = closed('There is no standby: nothing of the pair could be paused.')
const rePair = closed('The standby must be re-paired: to pause it would only hide that.')

export const pauseAction: ActionRule = {
  byState: {
    unpaired: noStandby,
    working: busy,
    protected: 'open',
    'catching-up': 'open',
    degraded: 'open',
    disconnected: 'open',
    'standby-lost': rePair,
    diverged: rePair,
    'no-primary': closed('The primary is down: the standby is needed as fresh as it can be.'),
    'two-primaries': noStandby,
    unprotected: noStandby,
    unknown: closed('Understudy does not see enough of the pair to pause anything of it.'),
  },
  unless: () => null,
}
