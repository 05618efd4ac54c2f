import { useMutation } from '@tanstack/react-query'
import { apiClient } from '@/components/data/api-client'
import type { ShownPlan } from '@/lib/domain/inputs'
import type { StartedView } from '@/lib/domain/views'

/**
 * Starts the operation of the plan that is shown: the answer is refused when another plan would run now, and a second click
 * finds the first one's operation, because the plan's own id is the idempotency key.
 */
export function useStart(given: {
  shown: ShownPlan
  path: string
  body: () => object
  /** The wizard's draft, which then points to the operation. */
  draftId: string | null
  /** Awaited before the request: once it was started, a draft takes no more answers. */
  prepare?: () => Promise<void>
  onStarted: (started: StartedView) => Promise<void> | void
}) {
  const { shown, path, body, draftId, prepare, onStarted } = given
  return useMutation({
    mutationFn: async () => {
      await prepare?.()
      return apiClient.post<StartedView>(
        path,
        { ...body(), draftId, shown },
        { idempotencyKey: shown.operationId },
      )
    },
    onSuccess: (started) => onStarted(started),
  })
}
