import { neededForOperations, whyNotAllowed } from '@/lib/domain/needed-roles'
import type { Operation, OperationEvent, RecordedEvent } from '@/lib/domain/operation'
import { stepStates } from '@/lib/domain/operation-state'
import { type OperationPermissions, operationPermissions } from '@/lib/domain/operation-verbs'
import type { Role } from '@/lib/domain/pair'
import { stepProgress } from '@/lib/domain/step-progress'
import type { UserRole } from '@/lib/domain/user'
import type { OperationView } from '@/lib/domain/views'

/** What the store knows of an operation. */
export type OperationEntry = {
  readonly operation: Operation
  readonly events: readonly RecordedEvent[]
  readonly pairSlug: string
  readonly hostNames: Readonly<Record<Role, string>>
}

/** The operation as someone with this role sees it. `input` stays in the store: a page shows the plan. */
export function buildOperationView(entry: OperationEntry, role: UserRole): OperationView {
  const { operation, events, pairSlug, hostNames } = entry
  return {
    operation: { ...operation, input: null },
    pairSlug,
    hostNames,
    steps: stepStates(operation.plan, events).map((step) => ({
      ...step,
      progress: stepProgress(step.id, events),
    })),
    events: trimEvents(events),
    verbs: permissionsOf(operation, events, role),
  }
}

function permissionsOf(
  operation: Operation,
  events: readonly RecordedEvent[],
  role: UserRole,
): OperationPermissions {
  const refusal = whyNotAllowed(role, neededForOperations)
  if (refusal === null) return operationPermissions(operation, events)
  const no = { allowed: false, reason: refusal }
  return { cancel: no, resume: no, undo: no, close: no }
}

/** Of each thing that is copied. What is worked out from them stands in the view already. */
const progressKept = 30
const outputKept = 500

/**
 * A view is sent whole at each change, so of each step only the latest samples of its progress and lines of output go with it;
 * every other event stays. The store keeps all.
 */
export function trimEvents(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const seen = new Map<string, number>()
  const keeps = ({ event }: RecordedEvent): boolean => {
    const limit = limitOf(event)
    if (limit === null || !('stepId' in event)) return true
    const label = event.type === 'step.progressed' ? event.progress.label : ''
    const key = `${event.type} ${event.stepId} ${label}`
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    return count <= limit
  }
  return events.toReversed().filter(keeps).toReversed()
}

function limitOf({ type }: OperationEvent): number | null {
  if (type === 'step.progressed') return progressKept
  if (type === 'step.output') return outputKept
  return null
}
