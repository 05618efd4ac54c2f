import { type ActionRule, busy, closed } from '@/lib/domain/actions/action'

const noStandby = closed('There is no standby to copy files to.')
const rePair = closed('The standby must be re-paired first: its directories are copied by that too.')

/** Open wherever a standby follows a primary that can be read. */
export const syncAction: ActionRule = {
  byState: {
    unpaired: noStandby,
    working: busy,
    protected: 'open',
    'catching-up': 'open',
    degraded: 'open',
    disconnected: 'open',
    'standby-lost': rePair,
    diverged: rePair,
    'no-primary': closed(
      'The primary is down: promote the standby, which pulls the last files where it can.',
    ),
    'two-primaries': closed('Both hosts accept writes: fence the one that must not be primary first.'),
    unprotected: noStandby,
    unknown: closed('Understudy does not see enough of the pair to tell which way files must flow.'),
  },
  unless: ({ hasFiles }) => (hasFiles ? null : 'This pair copies no directories.'),
}
