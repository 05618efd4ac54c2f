import { type Adoption, isObserved } from '@/lib/domain/adopt/adoption'
import type { BesideKind } from '@/lib/domain/operation-state'
import type { Pair } from '@/lib/domain/pair'
import type { PairState } from '@/lib/domain/states'
import { isTurnedRound } from '@/lib/domain/turned-round'
import type { Readiness, Verdict } from '@/lib/domain/verdict'

/** Open, or closed with the reason as an operator reads it. */
export type Permission = { readonly allowed: true } | { readonly allowed: false; readonly reason: string }

/** What of a verdict and its pair decides whether an action is open. */
export type ActionGround = {
  readonly state: PairState
  readonly readyForFailover: Readiness
  readonly readyForSwitchover: Readiness
  readonly formerPrimary: Pair['formerPrimary']
  readonly owed?: Pair['owed']
  /** Something of the pair is paused: by an operation, or its replay by hand. */
  readonly isPaused: boolean
  /** The hosts are found the other way round than they are recorded. */
  readonly isTurnedRound: boolean
  /** Somebody else made the pair, and not all of it is taken over. */
  readonly observed?: Adoption | null | undefined
  readonly hasDatabase: boolean
  /** It copies directories. */
  readonly hasFiles: boolean
  /** Files that are known to differ from the primary’s. */
  readonly differs: number
  /** An operation at work beside which a state is told. */
  readonly beside: BesideKind | null
}

/** The part of a verdict and its pair that the rules look at. */
export const actionGroundOf = (
  {
    state,
    readyForFailover,
    readyForSwitchover,
    isReplayPaused,
    rolesSeen,
    beside,
    differs,
  }: Pick<
    Verdict,
    | 'state'
    | 'readyForFailover'
    | 'readyForSwitchover'
    | 'isReplayPaused'
    | 'rolesSeen'
    | 'beside'
    | 'differs'
  >,
  {
    formerPrimary,
    owed,
    pause,
    adoption,
    scope,
    settings,
  }: Pick<Pair, 'formerPrimary' | 'owed' | 'pause' | 'adoption' | 'scope' | 'settings'>,
): ActionGround => ({
  state,
  readyForFailover,
  readyForSwitchover,
  formerPrimary,
  owed,
  isPaused: Boolean(pause) || isReplayPaused === true,
  isTurnedRound: isTurnedRound({ rolesSeen }, { formerPrimary }),
  observed: isObserved({ adoption }) ? adoption : null,
  hasDatabase: scope.database,
  hasFiles: scope.files && settings.directories.length > 0,
  differs: differs ?? 0,
  beside: beside ?? null,
})

/** When an action may be asked for. */
export type ActionRule = {
  /** In each state `open`, or the reason why not. */
  readonly byState: Readonly<Record<PairState, 'open' | { readonly closed: string }>>
  /** Why it is closed all the same, where its state opens it; null when nothing stands against it. */
  readonly unless: (ground: ActionGround) => string | null
}

export const closed = (reason: string) => ({ closed: reason })

/** What every action says while an operation runs. */
export const busy = closed('An operation is running on this pair: let it end, or cancel it first.')
