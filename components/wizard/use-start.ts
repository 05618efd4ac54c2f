import { useMutation, useQueryClient } from '@tanstack/react-query'
import { apiClient } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import type { DraftHandle } from '@/components/wizard/use-draft'
import type { Plan } from '@/lib/domain/operation'
import type { StartedView } from '@/lib/domain/views'

/**
 * Starts the operation of the plan that is shown: the answer is refused when another plan would run now, and a second click
 * finds the first one's operation, because the plan's own id is the idempotency key. Then the wizard goes on to its run.
 */
export function useStart(given: { draft: DraftHandle; plan: Plan; path: string; body: () => object }) {
  const { draft, plan, path, body } = given
  const client = useQueryClient()
  return useMutation({
    mutationFn: () =>
      apiClient.post<StartedView>(
        path,
        {
          ...body(),
          draftId: draft.draft?.id ?? null,
          shown: { operationId: plan.operationId, stepIds: plan.steps.map((step) => step.id) },
        },
        plan.operationId,
      ),
    onSuccess: async () => {
      if (draft.draft) await client.invalidateQueries({ queryKey: queries.draft(draft.draft.id).queryKey })
      await draft.go('run')
    },
  })
}
