/**
 * The pair's states. A state is a promise about what is possible now; this table and the rules of the actions (`actions/`) are the only
 * places that say which actions are open in which state and why not, for page, command line, API and engine.
 */
export const pairStates = [
  'unpaired',
  'working',
  'protected',
  'catching-up',
  'degraded',
  'disconnected',
  'standby-lost',
  'diverged',
  'no-primary',
  'two-primaries',
  'unprotected',
  'unknown',
] as const
export type PairState = (typeof pairStates)[number]

/** Actions that this version offers. */
export const actionIds = [
  'create',
  'adopt',
  'promote',
  'switchover',
  'fence',
  're-pair',
  'pause',
  'resume',
  'change-settings',
  'unpair',
  'drill',
  'sync',
  'repair-files',
] as const
export type ActionId = (typeof actionIds)[number]

export type StateRow = {
  /** As it is shown, e.g. `No primary`. */
  readonly title: string
  /** What is possible while the pair is in this state, one sentence. */
  readonly promise: string
  /** How loud it is: `fine` needs nobody, `attention` somebody today, `danger` somebody now, `unclear` can't be told. */
  readonly tone: 'fine' | 'busy' | 'attention' | 'danger' | 'unclear'
}

export const stateTable: Readonly<Record<PairState, StateRow>> = {
  unpaired: {
    title: 'Unpaired',
    promise: 'The hosts do not replicate: a standby can be created.',
    tone: 'attention',
  },
  working: {
    title: 'Working',
    promise: 'An operation holds the pair; what it does is shown step by step.',
    tone: 'busy',
  },
  protected: {
    title: 'Protected',
    promise:
      'The standby streams, and lag and every directory are within their limits: a failover now loses no more than the loss statement says.',
    tone: 'fine',
  },
  'catching-up': {
    title: 'Catching up',
    promise: 'The standby streams; its replay is behind the limit and closing in.',
    tone: 'attention',
  },
  degraded: {
    title: 'Degraded',
    promise: 'A failover is possible, but something is outside its limit; the reasons are listed.',
    tone: 'attention',
  },
  disconnected: {
    title: 'Disconnected',
    promise:
      'No WAL is arriving; all that is missing is still on the primary, so the standby catches up by itself once it is connected again.',
    tone: 'danger',
  },
  'standby-lost': {
    title: 'Standby lost',
    promise: 'WAL that the standby needs is gone, or its data is not the primary’s: it must be re-paired.',
    tone: 'danger',
  },
  diverged: {
    title: 'Diverged',
    promise: 'The standby’s timeline has left the primary’s: it must be re-paired, by rewind if it can.',
    tone: 'danger',
  },
  'no-primary': {
    title: 'No primary',
    promise: 'The primary is down, seen from two sides: promote the standby.',
    tone: 'danger',
  },
  'two-primaries': {
    title: 'Two primaries',
    promise: 'Both hosts accept writes: stop one of them before anything else.',
    tone: 'danger',
  },
  unprotected: {
    title: 'Unprotected',
    promise: 'One primary, and no standby: the other host is fenced, absent or not yet re-paired.',
    tone: 'danger',
  },
  unknown: {
    title: 'Unknown',
    promise: 'Understudy cannot see enough, and says why. It may all be fine, or not.',
    tone: 'unclear',
  },
}

/** Whether the state leaves a standby at all: without one there is nothing to promote, and no loss to state. */
export const hasStandby = (state: PairState): boolean =>
  state !== 'unpaired' && state !== 'unprotected' && state !== 'two-primaries'
