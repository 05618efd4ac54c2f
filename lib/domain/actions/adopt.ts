import { type ActionRule, busy, closed } from '@/lib/domain/actions/action'

const noPair = closed('The hosts are no pair that is observed: observe what replicates there first.')
const follow = closed(
  'The standby does not follow the primary: see to that first, so that what is taken over is known to work.',
)

export const adoptAction: ActionRule = {
  byState: {
    unpaired: noPair,
    working: busy,
    protected: 'open',
    'catching-up': 'open',
    degraded: 'open',
    disconnected: follow,
    'standby-lost': follow,
    diverged: follow,
    'no-primary': closed('The primary is down: what is taken over is set up on both hosts.'),
    'two-primaries': closed('Both hosts accept writes: which of them is the primary must be clear first.'),
    unprotected: closed('There is no standby: nothing replicates that could be taken over.'),
    unknown: closed('Understudy does not see enough of the hosts to take anything over.'),
  },
  unless: ({ observed }) =>
    observed ? null : 'This pair is Understudy’s own already: there is nothing to take over.',
}
