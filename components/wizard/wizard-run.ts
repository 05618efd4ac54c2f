import type { OperationView } from '@/lib/domain/views'

/** How far a wizard's operation is: not started, under way or stopped before its end, or succeeded. */
export type WizardRun = 'not-started' | 'started' | 'succeeded'

/** `operationId` as the draft has it; the view as far as it is loaded. */
export function wizardRunOf(operationId: string | null, view: OperationView | undefined): WizardRun {
  if (operationId === null) return 'not-started'
  return view?.operation.state === 'succeeded' ? 'succeeded' : 'started'
}

/**
 * Why a step is closed because of the operation; empty when it is open. Null of a step for answers before the start: the wizard
 * itself says of that.
 */
export function closedByRun(step: string, run: WizardRun): string | null {
  if (run === 'not-started') return step === 'run' || step === 'done' ? 'Start it on the page before.' : null
  if (step === 'run') return ''
  if (step === 'done') return run === 'succeeded' ? '' : 'Opens once it has succeeded.'
  return 'It has been started: what was answered is fixed now.'
}

/** The step that stands for every closed one once it has been started. */
export const stepOfRun = (run: WizardRun): 'run' | 'done' => (run === 'succeeded' ? 'done' : 'run')
