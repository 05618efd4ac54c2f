import { type ActionRule, busy, closed } from '@/lib/domain/actions/action'

const noPair = closed('There is no standby: the settings are chosen when one is created.')
const rePair = closed('The standby must be re-paired first: what is set now would not reach it.')

export const changeSettingsAction: ActionRule = {
  byState: {
    unpaired: noPair,
    working: busy,
    protected: 'open',
    'catching-up': 'open',
    degraded: 'open',
    disconnected: 'open',
    'standby-lost': rePair,
    diverged: rePair,
    'no-primary': closed('The primary is down: settings are changed on both hosts.'),
    'two-primaries': noPair,
    unprotected: noPair,
    unknown: closed('Understudy does not see enough of the pair to change anything on its hosts.'),
  },
  unless: ({ isPaused }) =>
    isPaused
      ? 'Something of the pair is paused: resume it first, so that no pause is lost in the change.'
      : null,
}
