import { type ActionRule, busy, closed } from '@/lib/domain/actions/action'

const nothing = 'The standby follows the primary: there is nothing to re-pair.'
const follows = closed(nothing)

export const rePairAction: ActionRule = {
  byState: {
    unpaired: closed('There is no standby yet: create one.'),
    working: busy,
    protected: follows,
    'catching-up': follows,
    degraded: 'open',
    disconnected: 'open',
    'standby-lost': 'open',
    diverged: 'open',
    'no-primary': closed('There is no primary to follow: promote the standby first.'),
    'two-primaries': closed('Both hosts accept writes: fence the one that must not be primary first.'),
    unprotected: 'open',
    unknown: closed('Understudy does not see enough of the hosts: see to that first, the page says to what.'),
  },
  /** It follows; the record may say so of the wrong host. */
  unless: ({ state, isTurnedRound }) => (state === 'degraded' && !isTurnedRound ? nothing : null),
}
