import type { GivingWay } from '@/lib/domain/giving-way'
import type { Host } from '@/lib/domain/host'
import type { CreateInput } from '@/lib/domain/inputs'
import type { OperationId, Plan } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import type { FoundView } from '@/lib/domain/views'
import type { StoredObservation } from '@/lib/ports/store'
import type { Profile } from '@/lib/profiles/schema'

/** The two hosts in their roles, and what application they carry. */
export type PlanGround = {
  readonly profile: Profile
  readonly hosts: Readonly<Record<Role, Host>>
}

/**
 * Plans of operations from facts read now; `lib/operations` implements it on the doors. A host that can't be asked is a
 * failed check or a fact without value, never an exception.
 */
export type Planners = {
  readFound(ground: PlanGround): Promise<FoundView>
  checkCreate(ground: PlanGround & { input: CreateInput }): Promise<readonly PreflightCheck[]>
  /** With `preflight` as `checkCreate`; the pair does not exist yet, so `pairId` is empty. */
  planCreate(ground: PlanGround & { input: CreateInput; operationId: OperationId }): Promise<Plan>
  /**
   * `latest` is the last observation and verdict: the loss statement comes from there. Answers with the plan that was `shown`,
   * without reading the hosts again, while they are seen as that plan saw them.
   */
  planPromote(
    ground: PlanGround & {
      pair: Pair
      operationId: OperationId
      latest: StoredObservation | null
      shown: Plan | null
    },
  ): Promise<Plan>
  /**
   * The former primary is the pair's standby by then; in the plan it has the role that it had before. `givingWay` is the promotion
   * that is closed when the fence starts: its locks are no reason against it.
   */
  planFence(
    ground: PlanGround & {
      pair: Pair
      operationId: OperationId
      latest: StoredObservation | null
      givingWay: GivingWay | null
    },
  ): Promise<Plan>
}
