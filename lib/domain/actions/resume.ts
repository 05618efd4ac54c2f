import { type ActionRule, busy, closed } from '@/lib/domain/actions/action'

const noStandby = closed('There is no standby: nothing of the pair goes on by resuming it.')

/** Open wherever there is a standby: a pause is never what a pair has to be kept in. */
export const resumeAction: ActionRule = {
  byState: {
    unpaired: noStandby,
    working: busy,
    protected: 'open',
    'catching-up': 'open',
    degraded: 'open',
    disconnected: 'open',
    'standby-lost': 'open',
    diverged: 'open',
    'no-primary': 'open',
    'two-primaries': noStandby,
    unprotected: noStandby,
    unknown: 'open',
  },
  unless: ({ isPaused }) => (isPaused ? null : 'Nothing of this pair is paused.'),
}
