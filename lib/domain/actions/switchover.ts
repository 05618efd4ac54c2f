import { type ActionRule, busy, closed } from '@/lib/domain/actions/action'

const noStandby = closed('There is no standby to switch over to.')
const follow = closed('The standby does not follow the primary: something would be lost.')

export const switchoverAction: ActionRule = {
  byState: {
    unpaired: closed('There is no standby yet: create one first.'),
    working: busy,
    protected: 'open',
    'catching-up': closed('The standby is behind: wait until it has caught up.'),
    degraded: 'open',
    disconnected: follow,
    'standby-lost': follow,
    diverged: follow,
    'no-primary': closed('The primary is down: promote the standby.'),
    'two-primaries': closed('Both hosts accept writes: fence the one that must not be primary first.'),
    unprotected: noStandby,
    unknown: closed('Understudy does not see enough of the hosts to exchange their roles.'),
  },
  unless: ({ readyForSwitchover }) =>
    readyForSwitchover.ready ? null : readyForSwitchover.reasons.join(' '),
}
