import type { Drill } from '@/lib/domain/drill'
import type { Instant } from '@/lib/domain/observation'
import type { OperationState } from '@/lib/domain/operation'
import { isInFlight, isTerminal } from '@/lib/domain/operation-state'

/** A drill as it stands: one whose operation nobody works on any more, and that has not said how it ended, was broken off. */
export function asEnded(drill: Drill, state: OperationState, endedAt: Instant | null): Drill {
  if (drill.outcome !== 'running' || isInFlight(state)) return drill
  const reason = isTerminal(state)
    ? 'Its operation was closed before its end.'
    : 'Its operation stopped before its end; what it made is removed as soon as that can be.'
  return { ...drill, outcome: 'broken-off', reason, endedAt }
}
