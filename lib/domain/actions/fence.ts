import { type ActionGround, type ActionRule, busy, closed } from '@/lib/domain/actions/action'

const nobody = closed('No former primary is there that could write: there is nobody to fence.')

const noFence: Readonly<Record<ActionGround['formerPrimary'], string | null>> = {
  none: 'No promotion made one of the hosts a former primary: which of them must not write is yours to say.',
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
  unless: ({ formerPrimary }) => noFence[formerPrimary],
}
