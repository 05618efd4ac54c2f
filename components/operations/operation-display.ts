import type { Tone } from '@/components/ui/pill'
import type { OperationKind, OperationState, StepState } from '@/lib/domain/operation'

const titles: Readonly<Record<OperationKind, string>> = { create: 'Create standby', promote: 'Promote' }

/** The operation's name, as it stands at the head of its page. */
export const operationTitle = (kind: OperationKind): string => titles[kind]

const words: Readonly<Record<OperationState, { word: string; tone: Tone }>> = {
  queued: { word: 'waiting for the worker', tone: 'busy' },
  running: { word: 'running', tone: 'busy' },
  undoing: { word: 'being undone', tone: 'busy' },
  succeeded: { word: 'succeeded', tone: 'ok' },
  failed: { word: 'failed', tone: 'bad' },
  interrupted: { word: 'interrupted', tone: 'warn' },
  cancelled: { word: 'cancelled', tone: 'warn' },
  undone: { word: 'undone', tone: 'quiet' },
  'undo-failed': { word: 'could not be undone', tone: 'bad' },
  closed: { word: 'closed as it stands', tone: 'quiet' },
}

export const operationWord = (state: OperationState): string => words[state].word
export const operationTone = (state: OperationState): Tone => words[state].tone

const stepWords: Readonly<Record<StepState, { word: string; tone: Tone }>> = {
  pending: { word: 'not begun', tone: 'quiet' },
  running: { word: 'running', tone: 'busy' },
  succeeded: { word: 'done', tone: 'ok' },
  skipped: { word: 'skipped', tone: 'quiet' },
  failed: { word: 'failed', tone: 'bad' },
  undoing: { word: 'being undone', tone: 'busy' },
  undone: { word: 'undone', tone: 'quiet' },
  'undo-failed': { word: 'could not be undone', tone: 'bad' },
}

export const stepWord = (state: StepState): string => stepWords[state].word
export const stepTone = (state: StepState): Tone => stepWords[state].tone
