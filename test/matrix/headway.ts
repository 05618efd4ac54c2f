import type { OperationEvent } from '@/lib/domain/operation'

/** Where its newest headway is: a step that ended for the first time. What proves the hosts runs at every resume and is none. */
export function lastHeadway(events: readonly OperationEvent[]): number {
  const ended = events.map((event) =>
    event.type === 'step.succeeded' || event.type === 'step.undone' ? `${event.type} ${event.stepId}` : null,
  )
  return ended.findLastIndex((end, index) => end !== null && ended.indexOf(end) === index)
}
