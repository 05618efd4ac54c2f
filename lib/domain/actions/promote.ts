import { type ActionRule, busy, closed } from '@/lib/domain/actions/action'

export const promoteAction: ActionRule = {
  byState: {
    unpaired: closed('There is no standby yet: create one first.'),
    working: busy,
    protected: 'open',
    'catching-up': 'open',
    degraded: 'open',
    disconnected: 'open',
    'standby-lost': closed('The standby can no longer follow the primary: its data is not fit to take over.'),
    diverged: closed('The standby has left the primary’s timeline: promoting it would make two histories.'),
    'no-primary': 'open',
    'two-primaries': closed(
      'Both hosts accept writes already: stop PostgreSQL on the one that must not be primary.',
    ),
    unprotected: closed('There is no standby to promote: the other host has to be re-paired first.'),
    unknown: 'open',
  },
  unless: ({ readyForFailover }) => (readyForFailover.ready ? null : readyForFailover.reasons.join(' ')),
}
