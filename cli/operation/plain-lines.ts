import { formatClock } from '@/lib/domain/format-instant'
import type { OperationEvent, RecordedEvent } from '@/lib/domain/operation'
import { mayFailWords } from '@/lib/domain/operation-words'
import { stepProgress } from '@/lib/domain/step-progress'
import type { OperationView } from '@/lib/domain/views'

/** In a pipe, a step's progress is said at most this often. */
const progressEveryMs = 5000

type StepEvent = Extract<OperationEvent, { stepId: string }>

/** Turns views into lines for a pipe or a log: each event once, with its time, in the order of the record. */
export class PlainLines {
  #lastSeq = -1
  readonly #saidAtMs = new Map<string, number>()

  /** The lines for what is new in `view`. */
  linesOf(view: OperationView): readonly string[] {
    const fresh = view.events.filter(({ seq }) => seq > this.#lastSeq)
    this.#lastSeq = fresh.at(-1)?.seq ?? this.#lastSeq
    return fresh.flatMap((recorded) => this.#linesOf(view, recorded))
  }

  #linesOf(view: OperationView, { seq, at, event }: RecordedEvent): readonly string[] {
    if (event.type === 'step.progressed') return this.#progress(view, event.stepId, { seq, at })
    const text = 'stepId' in event ? stepText(view, event) : operationText(event)
    return text.split('\n').map((line) => `${formatClock(at)} ${line}`)
  }

  #progress(
    view: OperationView,
    stepId: string,
    { seq, at }: { seq: number; at: string },
  ): readonly string[] {
    const nowMs = Date.parse(at)
    if (nowMs - (this.#saidAtMs.get(stepId) ?? 0) < progressEveryMs) return []
    this.#saidAtMs.set(stepId, nowMs)
    const until = view.events.filter((recorded) => recorded.seq <= seq)
    return stepProgress(stepId, until).map(
      ({ label, text }) => `${formatClock(at)} ${numbered(view, stepId)}   ${label}: ${text}`,
    )
  }
}

function numbered({ operation }: OperationView, stepId: string): string {
  const { steps } = operation.plan
  return `[${steps.findIndex(({ id }) => id === stepId) + 1}/${steps.length}]`
}

function stepText(view: OperationView, event: Exclude<StepEvent, { type: 'step.progressed' }>): string {
  const step = view.operation.plan.steps.find(({ id }) => id === event.stepId)
  const head = `${numbered(view, event.stepId)} ${step?.title ?? event.stepId}`
  switch (event.type) {
    case 'step.started':
      return event.attempt > 1 ? `${head} (attempt ${event.attempt})` : head
    case 'step.output':
      return `${numbered(view, event.stepId)}   ${event.line}`
    case 'step.skipped':
      return `${head}: skipped. ${event.sentence}`
    case 'step.succeeded':
      return `${head}: done. ${event.sentence}`
    case 'step.undo-started':
      return `${head}: is being undone`
    case 'step.undone':
      return `${head}: undone. ${event.sentence}`
    case 'step.failed':
    case 'step.undo-failed': {
      const goesOn =
        event.type === 'step.failed' && step?.mayFail ? `\n    ${mayFailWords[step.mayFail]}` : ''
      return `${head}: FAILED. ${event.error.message}${event.error.fix ? `\n    → ${event.error.fix}` : ''}${goesOn}`
    }
  }
}

function operationText(event: Exclude<OperationEvent, StepEvent>): string {
  if (event.type === 'operation.noted') return event.sentence
  const what = event.type.replace('operation.', '').replaceAll('-', ' ')
  if ('error' in event) return `operation ${what}: ${event.error.message}`
  return 'why' in event && event.why !== '' ? `operation ${what}: ${event.why}` : `operation ${what}`
}
