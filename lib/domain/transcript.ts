import { formatBytes } from '@/lib/domain/format-bytes'
import type {
  Operation,
  OperationEvent,
  PlannedStep,
  PreviewLine,
  RecordedEvent,
} from '@/lib/domain/operation'
import { transcriptName } from '@/lib/domain/own-logs'
import type { Role } from '@/lib/domain/pair'
import { overrideSentences } from '@/lib/domain/preflight'

export const transcriptPath = (logDirectory: string): string => `${logDirectory}/${transcriptName}`

type About = {
  readonly operation: Pick<Operation, 'id' | 'kind' | 'plan' | 'reason' | 'startedBy'>
  readonly pairSlug: string
}

const indented = (line: string) => `    ${line}`

/** A command, SQL or note of the plan; of a file only its name: its content stands in the plan. */
const previewText = (line: PreviewLine): readonly string[] =>
  line.kind === 'file' ? [`writes ${line.path}`] : line.text.split('\n')

function stepHead({ operation }: About, stepId: string): { head: string; planned: PlannedStep | undefined } {
  const { steps } = operation.plan
  const index = steps.findIndex(({ id }) => id === stepId)
  return { head: `[${index + 1}/${steps.length}] ${steps[index]?.title ?? stepId}`, planned: steps[index] }
}

const errorLines = ({ message, fix }: { message: string; fix: string }) =>
  fix === '' ? [message] : [message, `-> ${fix}`]

function stepLines(about: About, event: Extract<OperationEvent, { stepId: string }>): readonly string[] {
  const { head, planned } = stepHead(about, event.stepId)
  switch (event.type) {
    case 'step.started':
      return [
        event.attempt > 1 ? `${head} (attempt ${event.attempt})` : head,
        ...(planned?.preview ?? []).flatMap(previewText).map(indented),
      ]
    case 'step.undo-started':
      return [`${head}: is taken back`]
    case 'step.output':
      return [indented(`| ${event.line}`)]
    case 'step.progressed': {
      const { label, doneBytes, totalBytes } = event.progress
      const isWhole = totalBytes !== null && doneBytes >= totalBytes
      return isWhole ? [indented(`| ${label}: ${formatBytes(doneBytes)}`)] : []
    }
    case 'step.skipped':
      return [`${head}: skipped. ${event.sentence}`]
    case 'step.succeeded':
      return [`${head}: done. ${event.sentence}`]
    case 'step.undone':
      return [`${head}: taken back. ${event.sentence}`]
    case 'step.failed':
    case 'step.undo-failed':
      return [`${head}: FAILED.`, ...errorLines(event.error).map(indented)]
  }
}

function textLines(about: About, event: OperationEvent): readonly string[] {
  if ('stepId' in event) return stepLines(about, event)
  const { kind, startedBy, reason, plan } = about.operation
  const what = `${kind} of ${about.pairSlug}`
  switch (event.type) {
    case 'operation.started':
      return [
        `== ${what}: ${event.mode}, started by ${startedBy}${reason === '' ? '' : `: ${reason}`}`,
        ...overrideSentences(plan.preflight).map(indented),
      ]
    case 'operation.requested':
      return [`== ${what}: ${event.mode} asked for by ${event.by}`]
    case 'operation.cancel-requested':
      return [`== ${what}: cancel asked for by ${event.by}`]
    case 'operation.noted':
      return [event.sentence]
    case 'operation.failed':
    case 'operation.undo-failed':
      return [
        `== ${what}: ${event.type.slice('operation.'.length)}`,
        ...errorLines(event.error).map(indented),
      ]
    case 'operation.interrupted':
      return [`== ${what}: interrupted. ${event.why}`]
    case 'operation.closed':
      return [`== ${what}: closed by ${event.by}. ${event.why}`]
    case 'operation.succeeded':
    case 'operation.cancelled':
    case 'operation.undone':
      return [`== ${what}: ${event.type.slice('operation.'.length)}`]
  }
}

/**
 * An operation's record as lines of a log: each with its time (UTC), the operation's mark and the number of its event, so that what is
 * there already can be told from what is new. Everything in a record is free of secrets.
 */
export function transcriptLines(about: About, events: readonly RecordedEvent[]): readonly string[] {
  const mark = about.operation.id.slice(0, 8)
  return events.flatMap(({ seq, at, event }) =>
    textLines(about, event)
      .flatMap((text) => text.split(/\r?\n|\r/))
      .map((text) => `${at} [${mark} #${seq}] ${text}`),
  )
}

/** What is appended to one file of a host. */
export type HostRecord = { readonly path: string; readonly lines: readonly string[] }

/**
 * What of an operation's record is appended where on the host in this role: first all of it to the transcript, then to each log of its
 * own that a step on this host names that step's part.
 */
export function hostRecords(
  about: About,
  events: readonly RecordedEvent[],
  { role, logDirectory }: { readonly role: Role; readonly logDirectory: string },
): readonly [HostRecord, ...HostRecord[]] {
  const steps = about.operation.plan.steps.filter(({ host }) => host === role)
  const partOf = (log: string) => {
    const ids = steps.flatMap((step) => (step.log === log ? [step.id] : []))
    return events.filter(({ event }) => 'stepId' in event && ids.includes(event.stepId))
  }
  const logs = new Set(steps.flatMap(({ log }) => log ?? []))
  return [
    { path: transcriptPath(logDirectory), lines: transcriptLines(about, events) },
    ...[...logs]
      .map((log) => ({ path: `${logDirectory}/${log}`, lines: transcriptLines(about, partOf(log)) }))
      .filter(({ lines }) => lines.length > 0),
  ]
}
