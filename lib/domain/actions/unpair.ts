import { type ActionRule, busy, closed } from '@/lib/domain/actions/action'

export const unpairAction: ActionRule = {
  byState: {
    unpaired: 'open',
    working: busy,
    protected: 'open',
    'catching-up': 'open',
    degraded: 'open',
    disconnected: 'open',
    'standby-lost': 'open',
    diverged: 'open',
    'no-primary': 'open',
    'two-primaries': closed(
      'Both hosts accept writes: which of them is left as the primary must be clear first. Stop the other one.',
    ),
    unprotected: 'open',
    unknown: 'open',
  },
  unless: ({ state, owed = [] }) =>
    state === 'unpaired' && owed.length === 0
      ? 'The hosts are no pair, and nothing of one is left on them that Understudy knows of.'
      : null,
}
