import { useQueryClient } from '@tanstack/react-query'
import { queries } from '@/components/data/queries'
import type { DraftHandle } from '@/components/wizard/use-draft'
import { useStart } from '@/components/wizard/use-start'
import type { ShownPlan } from '@/lib/domain/inputs'

/** As `useStart`, from a wizard: its draft points to the operation, and it goes on to the run. */
export function useDraftStart(given: {
  draft: DraftHandle
  shown: ShownPlan
  path: string
  body: () => object
}) {
  const { draft, ...start } = given
  const client = useQueryClient()
  return useStart({
    ...start,
    draftId: draft.draft?.id ?? null,
    prepare: draft.keep,
    onStarted: async () => {
      if (draft.draft) await client.invalidateQueries({ queryKey: queries.draft(draft.draft.id).queryKey })
      await draft.go('run')
    },
  })
}
