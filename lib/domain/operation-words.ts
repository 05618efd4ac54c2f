import type { MayFail, OperationKind, OperationState, StepState } from '@/lib/domain/operation'

/** The operation's name, as it stands at the head of its page and of its report. */
export const operationTitles: Readonly<Record<OperationKind, string>> = {
  create: 'Create standby',
  adopt: 'Take over',
  promote: 'Promote',
  switchover: 'Switch over',
  fence: 'Fence a host',
  're-pair': 'Re-pair',
  pause: 'Pause',
  resume: 'Resume',
  'change-settings': 'Change settings',
  unpair: 'Unpair',
  drill: 'Drill',
  sync: 'Sync now',
  'repair-files': 'Repair files',
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

/** What follows from the failure of a step that may fail. */
export const mayFailWords: Readonly<Record<MayFail, string>> = {
  'next-way': 'The next step does it another way.',
  'not-reattached': 'What was asked for is done; this is left, and a re-pair does it.',
  finding: 'That is what was to be found out; what was made for it is removed all the same.',
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
