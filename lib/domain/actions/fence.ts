import { type ActionGround, type ActionRule, busy, closed } from '@/lib/domain/actions/action'

const nobody = closed('No former primary is there that could write: there is nobody to fence.')

const noFence: Readonly<Record<ActionGround['formerPrimary'], string | null>> = {
  none: 'No promotion made one of the hosts a former primary.',
  fenced: 'The former primary is fenced already.',
  watched: null,
}

export const fenceAction: ActionRule = {
  byState: {
    unpaired: nobody,
    working: busy,
    protected: nobody,
    'catching-up': nobody,
    degraded: nobody,
    disconnected: nobody,
    'standby-lost': nobody,
    diverged: nobody,
    'no-primary': nobody,
    'two-primaries': 'open',
    unprotected: 'open',
    unknown: nobody,
  },
  /** Where both accept writes one of them must be kept from it, whatever is recorded. */
  unless: ({ state, formerPrimary }) => (state === 'two-primaries' ? null : noFence[formerPrimary]),
}
