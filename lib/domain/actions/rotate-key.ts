import { type ActionRule, busy, closed } from '@/lib/domain/actions/action'

const noStandby = closed('There is no standby: no key lets one in.')

/** Open wherever there is a primary with a standby, whatever its database does: a key that somebody else may have can't wait. */
export const rotateKeyAction: ActionRule = {
  byState: {
    unpaired: noStandby,
    working: busy,
    protected: 'open',
    'catching-up': 'open',
    degraded: 'open',
    disconnected: 'open',
    'standby-lost': 'open',
    diverged: 'open',
    'no-primary': closed('The primary is down: promote the standby; a new key is let in on the primary.'),
    'two-primaries': noStandby,
    unprotected: noStandby,
    unknown: closed('Understudy does not see enough of the pair: a new key is set up on both hosts.'),
  },
  unless({ hasFiles, isTurnedRound }) {
    if (!hasFiles) return 'This pair leaves its files out: its standby has no key.'
    return isTurnedRound
      ? 'The hosts are found the other way round than they are recorded: make the one that does not follow a standby again first.'
      : null
  },
}
