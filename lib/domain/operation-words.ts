import type { OperationKind, OperationState, StepState } from '@/lib/domain/operation'

/** The operation's name, as it stands at the head of its page and of its report. */
export const operationTitles: Readonly<Record<OperationKind, string>> = {
  create: 'Create standby',
  promote: 'Promote',
  fence: 'Fence the former primary',
}

/** How an operation stands, in words for a sentence. */
export const operationWords: Readonly<Record<OperationState, string>> = {
  queued: 'waiting for the worker',
  running: 'running',
  undoing: 'being undone',
  succeeded: 'succeeded',
  failed: 'failed',
  interrupted: 'interrupted',
  cancelled: 'cancelled',
  undone: 'undone',
  'undo-failed': 'could not be undone',
  closed: 'closed as it stands',
}

/** How a step stands, in words for a sentence. */
export const stepWords: Readonly<Record<StepState, string>> = {
  pending: 'not begun',
  running: 'running',
  succeeded: 'done',
  skipped: 'skipped',
  failed: 'failed',
  undoing: 'being undone',
  undone: 'undone',
  'undo-failed': 'could not be undone',
}
