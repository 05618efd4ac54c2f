import type { GivingWay } from '@/lib/domain/giving-way'
import type { Plan } from '@/lib/domain/operation'
import type { Role } from '@/lib/domain/pair'
import type { PairOperationKind } from '@/lib/domain/pair-operations'
import { readAndPlanAdopt } from '@/lib/operations/adopt/read-and-plan'
import { readAndPlanChange } from '@/lib/operations/change-settings/read-and-plan'
import { readAndPlanDrill } from '@/lib/operations/drill/read-and-plan'
import { readAndPlanFence } from '@/lib/operations/fence/read-and-plan'
import { readAndPlanPause, readAndPlanResume } from '@/lib/operations/pause/read-and-plan'
import { readAndPlanPromote } from '@/lib/operations/promote/read-and-plan'
import { readAndPlanRepair } from '@/lib/operations/repair/read-and-plan'
import { readAndPlanRepairFiles } from '@/lib/operations/repair-files/read-and-plan'
import type { PairWithWanted } from '@/lib/operations/rights/read-rights'
import { readAndPlanSwitchover } from '@/lib/operations/switchover/read-and-plan'
import { readAndPlanSync } from '@/lib/operations/sync/read-and-plan'
import { readAndPlanUnpair } from '@/lib/operations/unpair/read-and-plan'
import type { HostDoor } from '@/lib/ports/host-door'
import type { ChosenOperation, PairPlanGround, PlanGround } from '@/lib/ports/planners'
import type { OperationRepository } from '@/lib/ports/store'
import type { Clock } from '@/lib/time'

export type HostQuestions = {
  /** Whether packages will be installed on the standby; null for what is urgent. */
  readonly installs: Promise<boolean> | null
  /** The hosts without which the operation can't be. */
  readonly required: readonly Role[]
  /** Hosts on which no step acts. */
  readonly beside?: readonly Role[]
  /** A promotion that stands, and is closed when the operation begins. */
  readonly givingWay?: GivingWay | null
}

/** What planners of operations on a pair are given beside their ground. */
export type PlanReader = {
  readonly doorsOf: (ground: PlanGround) => Readonly<Record<Role, HostDoor>>
  readonly clock: Clock
  readonly operations: Pick<OperationRepository, 'listOfPair' | 'find'>
  /**
   * Adds what every plan asks of its hosts: whether another operation holds them, and what their logins may do. Both are asked while
   * the plan is made.
   */
  readonly withHosts: (
    ground: PlanGround,
    pair: PairWithWanted,
    planning: Promise<Plan>,
    questions: HostQuestions,
  ) => Promise<Plan>
}

/** Reads the hosts and plans. A host that can't be asked is a failed check or a fact without value, never an exception. */
export type PairPlanner<K extends PairOperationKind> = (
  ground: PairPlanGround & ChosenOperation<K>,
  reader: PlanReader,
) => Promise<Plan>

const planners: { readonly [K in PairOperationKind]: PairPlanner<K> } = {
  adopt: readAndPlanAdopt,
  promote: readAndPlanPromote,
  switchover: readAndPlanSwitchover,
  fence: readAndPlanFence,
  're-pair': readAndPlanRepair,
  pause: readAndPlanPause,
  resume: readAndPlanResume,
  'change-settings': readAndPlanChange,
  unpair: readAndPlanUnpair,
  drill: readAndPlanDrill,
  sync: readAndPlanSync,
  'repair-files': readAndPlanRepairFiles,
}

/** The planner of a kind, for what was chosen: what belongs together is told by the kind alone. */
const plannerOf = <K extends PairOperationKind>(operation: K): PairPlanner<K> => planners[operation]

export const planOnPair = (ground: PairPlanGround & ChosenOperation, reader: PlanReader): Promise<Plan> =>
  plannerOf(ground.operation)(ground, reader)
