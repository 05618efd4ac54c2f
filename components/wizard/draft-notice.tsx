import { toProblem } from '@/components/data/api-client'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import type { DraftHandle } from '@/components/wizard/use-draft'

/** Why the last answer was not kept; where somebody else was quicker, the way to what they answered. */
export function DraftNotice({ draft }: { draft: DraftHandle }) {
  const isConflict = draft.saveError !== null && toProblem(draft.saveError).code === 'CONFLICT'
  return (
    <ProblemNotice
      error={draft.saveError}
      action={
        isConflict ? (
          <Button size="small" onClick={() => draft.reload()}>
            Load those answers
          </Button>
        ) : null
      }
    />
  )
}
