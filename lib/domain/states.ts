import type { Pair } from '@/lib/domain/pair'
import type { Readiness } from '@/lib/domain/verdict'

/**
 * The pair's states. A state is a promise about what is possible now; this table is the only place that says
 * which actions are open in which state and why not, for page, command line, API and engine.
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
export const actionIds = ['create', 'promote', 'fence'] as const
export type ActionId = (typeof actionIds)[number]

/** Open, or closed with the reason as an operator reads it. */
export type Permission = { readonly allowed: true } | { readonly allowed: false; readonly reason: string }

export type StateRow = {
  /** As it is shown, e.g. `No primary`. */
  readonly title: string
  /** What is possible while the pair is in this state, one sentence. */
  readonly promise: string
  /** How loud it is: `fine` needs nobody, `attention` somebody today, `danger` somebody now, `unclear` can't be told. */
  readonly tone: 'fine' | 'busy' | 'attention' | 'danger' | 'unclear'
  /** For each action `open`, or the reason why not. `open` still asks the verdict and what is known of the former primary. */
  readonly actions: Readonly<Record<ActionId, 'open' | { readonly closed: string }>>
}

const closed = (reason: string) => ({ closed: reason })
const nobodyToFence = closed('No former primary is there that could write: there is nobody to fence.')
const alreadyPaired = closed('The hosts are a pair already; a standby is created only where there is none.')

export const stateTable: Readonly<Record<PairState, StateRow>> = {
  unpaired: {
    title: 'Unpaired',
    promise: 'The hosts do not replicate: a standby can be created.',
    tone: 'attention',
    actions: {
      create: 'open',
      promote: closed('There is no standby yet: create one first.'),
      fence: nobodyToFence,
    },
  },
  working: {
    title: 'Working',
    promise: 'An operation holds the pair; what it does is shown step by step.',
    tone: 'busy',
    actions: {
      create: closed('An operation is running on this pair: let it end, or cancel it first.'),
      promote: closed('An operation is running on this pair: let it end, or cancel it first.'),
      fence: closed('An operation is running on this pair: let it end, or cancel it first.'),
    },
  },
  protected: {
    title: 'Protected',
    promise:
      'The standby streams, and lag and every directory are within their limits: a failover now loses no more than the loss statement says.',
    tone: 'fine',
    actions: { create: alreadyPaired, promote: 'open', fence: nobodyToFence },
  },
  'catching-up': {
    title: 'Catching up',
    promise: 'The standby streams; its replay is behind the limit and closing in.',
    tone: 'attention',
    actions: { create: alreadyPaired, promote: 'open', fence: nobodyToFence },
  },
  degraded: {
    title: 'Degraded',
    promise: 'A failover is possible, but something is outside its limit; the reasons are listed.',
    tone: 'attention',
    actions: { create: alreadyPaired, promote: 'open', fence: nobodyToFence },
  },
  disconnected: {
    title: 'Disconnected',
    promise:
      'No WAL is arriving; all that is missing is still on the primary, so the standby catches up by itself once it is connected again.',
    tone: 'danger',
    actions: { create: alreadyPaired, promote: 'open', fence: nobodyToFence },
  },
  'standby-lost': {
    title: 'Standby lost',
    promise: 'WAL that the standby needs is gone, or its data is not the primary’s: it must be re-paired.',
    tone: 'danger',
    actions: {
      create: alreadyPaired,
      promote: closed('The standby can no longer follow the primary: its data is not fit to take over.'),
      fence: nobodyToFence,
    },
  },
  diverged: {
    title: 'Diverged',
    promise: 'The standby’s timeline has left the primary’s: it must be re-paired, by rewind if it can.',
    tone: 'danger',
    actions: {
      create: alreadyPaired,
      promote: closed('The standby has left the primary’s timeline: promoting it would make two histories.'),
      fence: nobodyToFence,
    },
  },
  'no-primary': {
    title: 'No primary',
    promise: 'The primary is down, seen from two sides: promote the standby.',
    tone: 'danger',
    actions: { create: alreadyPaired, promote: 'open', fence: nobodyToFence },
  },
  'two-primaries': {
    title: 'Two primaries',
    promise: 'Both hosts accept writes: stop one of them before anything else.',
    tone: 'danger',
    actions: {
      create: alreadyPaired,
      promote: closed(
        'Both hosts accept writes already: stop PostgreSQL on the one that must not be primary.',
      ),
      fence: 'open',
    },
  },
  unprotected: {
    title: 'Unprotected',
    promise: 'One primary, and no standby: the other host is fenced, absent or not yet re-paired.',
    tone: 'danger',
    actions: {
      create: alreadyPaired,
      promote: closed('There is no standby to promote: the other host has to be re-paired first.'),
      fence: 'open',
    },
  },
  unknown: {
    title: 'Unknown',
    promise: 'Understudy cannot see enough, and says why. It may all be fine, or not.',
    tone: 'unclear',
    actions: { create: alreadyPaired, promote: 'open', fence: nobodyToFence },
  },
}

/** Whether the state leaves a standby at all: without one there is nothing to promote, and no loss to state. */
export const hasStandby = (state: PairState): boolean =>
  state !== 'unpaired' && state !== 'unprotected' && state !== 'two-primaries'

/** What of a verdict decides whether an action is open. */
export type ActionGround = {
  readonly state: PairState
  readonly readyForFailover: Readiness
  readonly formerPrimary: Pair['formerPrimary']
}

const noFence: Readonly<Record<Exclude<Pair['formerPrimary'], 'watched'>, string>> = {
  none: 'No promotion made one of the hosts a former primary: which of them must not write is yours to say.',
  fenced: 'The former primary is fenced already.',
}

/**
 * Whether an action is open now, or why not. Null stands for a pair that has not been observed yet. The table decides first; then
 * promotion also needs a standby that is fit for it, and a fence a former primary that could not be fenced before.
 */
export function canDo(action: ActionId, ground: ActionGround | null): Permission {
  if (!ground) return { allowed: false, reason: 'The pair has not been looked at yet: wait a moment.' }
  const entry = stateTable[ground.state].actions[action]
  if (entry !== 'open') return { allowed: false, reason: entry.closed }
  if (action === 'promote' && !ground.readyForFailover.ready)
    return { allowed: false, reason: ground.readyForFailover.reasons.join(' ') }
  if (action === 'fence' && ground.formerPrimary !== 'watched')
    return { allowed: false, reason: noFence[ground.formerPrimary] }
  return { allowed: true }
}

/** Every action with its permission, as `PairView.actions` shows it. */
export function listActions(ground: ActionGround | null) {
  return actionIds.map((action) => {
    const permission = canDo(action, ground)
    return permission.allowed
      ? { action, allowed: true as const, reason: '' }
      : { action, allowed: false as const, reason: permission.reason }
  })
}
