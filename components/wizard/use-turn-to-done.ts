import { useEffect, useRef } from 'react'
import type { DraftHandle } from '@/components/wizard/use-draft'
import type { WizardRun } from '@/components/wizard/wizard-run'

/**
 * Turns from the run to the last step when the operation has succeeded: once, so that the run can be looked at again, and in
 * place of its own entry in the browser's history, so that Back does not come here again and again.
 */
export function useTurnToDone(given: { draft: DraftHandle; current: string; run: WizardRun }): void {
  const { current, run } = given
  const { go } = given.draft
  const hasTurned = useRef(false)
  useEffect(() => {
    if (current === 'done') hasTurned.current = true
    if (current !== 'run' || run !== 'succeeded' || hasTurned.current) return
    hasTurned.current = true
    void go('done', {}, 'replace')
  }, [current, run, go])
}
