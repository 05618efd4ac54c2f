import { type ActionGround, actionGroundOf } from '@/lib/domain/actions/action'
import { listActions } from '@/lib/domain/actions/permissions'
import { isObserved } from '@/lib/domain/adopt/adoption'
import { viewDirectories } from '@/lib/domain/directory-view'
import type { Drill } from '@/lib/domain/drill'
import { viewSchedule } from '@/lib/domain/drill-schedule'
import type { Host } from '@/lib/domain/host'
import type { LeftOut } from '@/lib/domain/left-out'
import { neededRoles, whyNotAllowed } from '@/lib/domain/needed-roles'
import type { Operation } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import { isPausing } from '@/lib/domain/pause'
import { actionIds, stateTable } from '@/lib/domain/states'
import type { UserRole } from '@/lib/domain/user'
import type { ActionView, DrillSummary, OperationSummary, PairView, StateChange } from '@/lib/domain/views'
import type { PublicError } from '@/lib/errors'
import type { StoredObservation } from '@/lib/ports/store'
import { staleVerdict } from '@/lib/services/views/stale-verdict'

/** What the store knows of a pair. */
export type PairRecord = {
  readonly pair: Pair
  readonly profileTitle: string
  /** Why its profile can't be used; null where it can. */
  readonly profileProblem: PublicError | null
  readonly leftOut: readonly LeftOut[]
  readonly rowFiles: readonly string[]
  readonly hosts: Readonly<Record<Role, Host>>
  readonly latest: StoredObservation | null
  readonly current: Operation | null
  readonly recent: readonly Operation[]
  readonly lastDrill: Drill | null
  readonly stateChanges: readonly StateChange[]
}

/** A pair as someone with this role sees it at `now`: an old observation no longer decides anything. */
export function buildPairView(record: PairRecord, role: UserRole, now: Date): PairView {
  const { pair, profileTitle, profileProblem, leftOut, rowFiles, hosts, latest, current } = record
  const { recent, stateChanges } = record
  const { drillSchedule } = pair
  const verdict = latest && staleVerdict(latest, now, profileProblem)
  return {
    pair: shownPair(pair),
    profileTitle,
    profileProblem,
    leftOut,
    rowFiles,
    hosts,
    observation: latest?.observation ?? null,
    verdict,
    directories: viewDirectories(
      pair.settings.directories,
      latest?.observation ?? null,
      isPausing(pair.pause, 'sync'),
    ),
    actions: profileProblem
      ? actionIds.map((action) => ({ action, allowed: false, reason: profileProblem.message }))
      : toActions(verdict && actionGroundOf(verdict, pair), role),
    operation: current && toSummary(current),
    drills: {
      last: record.lastDrill && toDrillSummary(record.lastDrill),
      schedule: drillSchedule ? viewSchedule(drillSchedule, now.getTime()) : null,
    },
    stateChanges,
    recentOperations: recent.map(toSummary),
  }
}

/** What was found is told as long as something of it is left to be taken over. */
function shownPair(pair: Pair): Pair {
  const { adoption } = pair
  if (!adoption || isObserved(pair)) return pair
  return { ...pair, adoption: { ...adoption, found: { ...adoption.found, findings: [] } } }
}

const toDrillSummary = ({ operationId, startedAt, endedAt, outcome, recoveryMs }: Drill): DrillSummary => ({
  operationId,
  startedAt,
  endedAt,
  outcome,
  recoveryMs,
})

function toActions(ground: ActionGround | null, role: UserRole): readonly ActionView[] {
  return listActions(ground).map((view) => {
    const refusal = whyNotAllowed(role, neededRoles[view.action])
    return refusal === null ? view : { action: view.action, allowed: false, reason: refusal }
  })
}

export const toSummary = ({
  id,
  kind,
  state,
  startedBy,
  createdAt,
  endedAt,
}: Operation): OperationSummary => ({ id, kind, state, startedBy, createdAt, endedAt })

const toneOrder = ['danger', 'attention', 'unclear', 'busy', 'fine'] as const

/** Pairs that need somebody first; the same need by name. A pair that was never observed is unclear. */
export function compareByNeed(a: PairView, b: PairView): number {
  const rank = ({ verdict }: PairView) =>
    toneOrder.indexOf(verdict ? stateTable[verdict.state].tone : 'unclear')
  return rank(a) - rank(b) || a.pair.slug.localeCompare(b.pair.slug, 'en')
}
