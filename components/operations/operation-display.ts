import type { Tone } from '@/components/ui/pill'
import type { OperationState, StepState } from '@/lib/domain/operation'

export const operationTones: Readonly<Record<OperationState, Tone>> = {
  queued: 'busy',
  running: 'busy',
  undoing: 'busy',
  succeeded: 'ok',
  failed: 'bad',
  interrupted: 'warn',
  cancelled: 'warn',
  undone: 'quiet',
  'undo-failed': 'bad',
  closed: 'quiet',
}

export const stepTones: Readonly<Record<StepState, Tone>> = {
  pending: 'quiet',
  running: 'busy',
  succeeded: 'ok',
  skipped: 'quiet',
  failed: 'bad',
  undoing: 'busy',
  undone: 'quiet',
  'undo-failed': 'bad',
}
