import { type ActionRule, busy, closed } from '@/lib/domain/actions/action'

const alreadyPaired = closed('The hosts are a pair already; a standby is created only where there is none.')

export const createAction: ActionRule = {
  byState: {
    unpaired: 'open',
    working: busy,
    protected: alreadyPaired,
    'catching-up': alreadyPaired,
    degraded: alreadyPaired,
    disconnected: alreadyPaired,
    'standby-lost': alreadyPaired,
    diverged: alreadyPaired,
    'no-primary': alreadyPaired,
    'two-primaries': alreadyPaired,
    unprotected: alreadyPaired,
    unknown: alreadyPaired,
  },
  unless: ({ owed = [] }) =>
    owed.length > 0
      ? 'A host that was away when the pair was taken apart still has what the pair put there: it is cleaned as soon as it answers. If it never will, forget the pair and begin with another host.'
      : null,
}
