import type { LagEstimate } from '@/lib/domain/lag'
import type { LastUpdate } from '@/lib/domain/last-update'
import type { LossStatement } from '@/lib/domain/loss'
import type { Instant } from '@/lib/domain/observation'
import type { BesideKind } from '@/lib/domain/operation-state'
import type { Role } from '@/lib/domain/pair'
import type { ActionId, PairState } from '@/lib/domain/states'

/** Yes, or no because … */
export type Readiness =
  | { readonly ready: true }
  | { readonly ready: false; readonly reasons: readonly string[] }

export type RoleSeen = 'primary' | 'standby' | 'stopped' | 'unknown'

export type Verdict = {
  readonly state: PairState
  /** Why, in sentences, the most important first. Never empty. */
  readonly reasons: readonly string[]
  readonly nextAction: { readonly action: ActionId | null; readonly sentence: string }
  readonly rolesSeen: Readonly<Record<Role, RoleSeen>>
  readonly lag: LagEstimate
  readonly loss: LossStatement
  readonly readyForFailover: Readiness
  readonly readyForSwitchover: Readiness
  /** When the state began, by the dashboard's clock. */
  readonly since: Instant
  /** The last time that the pair was `protected`, null if never seen. */
  readonly lastProtectedAt: Instant | null
  /** What is remembered of the standby's last update; absent in verdicts that were stored before there was any. */
  readonly lastUpdate?: LastUpdate | null | undefined
  /** Replay on the standby is paused, by whomever; absent in verdicts that were stored before it was told. */
  readonly isReplayPaused?: boolean | undefined
  /** What is at work on the standby and changes nothing of its state; absent in verdicts that were stored before it was told. */
  readonly beside?: BesideKind | null | undefined
  /** Files that are known to differ from the primary’s; absent in verdicts that were stored before it was told. */
  readonly differs?: number | undefined
}
