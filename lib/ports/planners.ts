import type { GivingWay } from '@/lib/domain/giving-way'
import type { Host } from '@/lib/domain/host'
import type { CreateInput } from '@/lib/domain/inputs'
import type { OperationId, Plan } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import type { PairOperationKind, PairOperationOptions } from '@/lib/domain/pair-operations'
import type { PreflightCheck } from '@/lib/domain/preflight'
import type { FoundReplicationView, FoundView } from '@/lib/domain/views'
import type { StoredObservation } from '@/lib/ports/store'
import type { Profile } from '@/lib/profiles/schema'

/** The two hosts in their roles, and what application they carry. */
export type PlanGround = {
  readonly profile: Profile
  readonly hosts: Readonly<Record<Role, Host>>
}

/** An operation on a pair with what was chosen for it. */
export type ChosenOperation<K extends PairOperationKind = PairOperationKind> = {
  readonly [Each in K]: { readonly operation: Each; readonly options: PairOperationOptions[Each] }
}[K]

/** What an operation on a pair is planned on. */
export type PairPlanGround = PlanGround & {
  readonly pair: Pair
  readonly operationId: OperationId
  /** The last observation and verdict: the loss statement comes from there. */
  readonly latest: StoredObservation | null
  /** The plan that an operator was shown before, where it is still kept. */
  readonly shown: Plan | null
  /** The promotion that is closed when the operation begins: its locks are no reason against it. */
  readonly givingWay: GivingWay | null
}

/**
 * Plans of operations from facts read now; `lib/operations` implements it on the doors. A host that can't be asked is a
 * failed check or a fact without value, never an exception.
 */
export type Planners = {
  readFound(ground: PlanGround): Promise<FoundView>
  /** What replicates between the hosts, who made that, and whether it can be observed. */
  recognise(ground: PlanGround): Promise<FoundReplicationView>
  checkCreate(ground: PlanGround & { input: CreateInput }): Promise<readonly PreflightCheck[]>
  /** With `preflight` as `checkCreate`; the pair does not exist yet, so `pairId` is empty. */
  planCreate(ground: PlanGround & { input: CreateInput; operationId: OperationId }): Promise<Plan>
  /** May answer with the plan that was `shown`, without reading the hosts again, while they are seen as that plan saw them. */
  planOnPair(ground: PairPlanGround & ChosenOperation): Promise<Plan>
}
