import type { UserRole } from '@/lib/domain/user'
import type { StreamEvent } from '@/lib/domain/views'

/**
 * What one open page is still to be told. Of each subject only the latest event waits, so a slow reader costs a bounded
 * amount of memory and always gets the newest view next.
 */
export type Subscription = {
  readonly role: UserRole
  put(event: StreamEvent): void
  /** Puts it only where nothing newer of the same subject waits. */
  putOlder(event: StreamEvent): void
  /** Waits for the next event; null once closed. Only one call at a time. */
  next(): Promise<StreamEvent | null>
  close(): void
  isClosed(): boolean
}

function subjectOf(event: StreamEvent): string {
  if (event.type === 'pair') return `pair ${event.slug}`
  return event.type === 'operation' ? `operation ${event.id}` : event.type
}

export function createSubscription(role: UserRole): Subscription {
  const waiting = new Map<string, StreamEvent>()
  let closed = false
  let wake: () => void = () => undefined

  const take = (): StreamEvent | undefined => {
    const [first] = waiting
    if (!first) return undefined
    waiting.delete(first[0])
    return first[1]
  }
  return {
    role,
    put(event) {
      if (closed) return
      waiting.set(subjectOf(event), event)
      wake()
    },
    putOlder(event) {
      if (closed || waiting.has(subjectOf(event))) return
      waiting.set(subjectOf(event), event)
      wake()
    },
    async next() {
      for (;;) {
        if (closed) return null
        const event = take()
        if (event) return event
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    close() {
      closed = true
      waiting.clear()
      wake()
    },
    isClosed: () => closed,
  }
}
