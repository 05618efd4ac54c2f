'use client'
import { useQuery } from '@tanstack/react-query'
import { toProblem } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { operationTones } from '@/components/operations/operation-display'
import { OperationVerbs } from '@/components/operations/operation-verbs'
import { StepRow } from '@/components/operations/step-row'
import { ProblemPage } from '@/components/session/problem-page'
import { Card, CardHead } from '@/components/ui/card'
import { DownloadButton } from '@/components/ui/download-button'
import { Notice } from '@/components/ui/notice'
import { ProgressBar } from '@/components/ui/progress-bar'
import { Skeleton } from '@/components/ui/skeleton'
import { formatClock, formatFullInstant } from '@/lib/domain/format-instant'
import { toPercent } from '@/lib/domain/format-percent'
import { measuredTimes } from '@/lib/domain/measured-times'
import type { OperationState } from '@/lib/domain/operation'
import { endWords } from '@/lib/domain/operation-end-words'
import { buildReport } from '@/lib/domain/operation-report'
import { isInFlight, type OperationOutcome, operationOutcome } from '@/lib/domain/operation-state'
import { overrideSentences } from '@/lib/domain/preflight'
import type { OperationView } from '@/lib/domain/views'

/** An operation as it runs and as it ended; the same on its own page and within a wizard. */
export function OperationPanel({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(queries.operation(id))
  const isGone = error !== null && toProblem(error).code === 'NOT_FOUND'
  if (data && !isGone) return <Panel view={data} />
  if (error) return <ProblemPage problem={toProblem(error)} onRetry={() => refetch()} />
  return <Skeleton className="h-96" />
}

function Panel({ view }: { view: OperationView }) {
  const { operation } = view
  const done = view.steps.filter((step) => step.state === 'succeeded' || step.state === 'skipped').length
  const total = operation.plan.steps.length
  return (
    <div className="grid grid-cols-1 gap-3">
      <Outcome view={view} />
      <OperationVerbs view={view} />
      <Card aria-labelledby="steps-heading">
        <CardHead id="steps-heading" title="Steps">
          <span>
            {done} of {total} done
          </span>
          <DownloadButton
            fileName={`${operation.kind}-${view.pairSlug}-${operation.id.slice(0, 8)}.md`}
            content={() => buildReport(view)}
          >
            Report
          </DownloadButton>
        </CardHead>
        {isInFlight(operation.state) ? (
          <div className="border-line border-b px-4 py-3">
            <ProgressBar percent={toPercent(done, total)} label="Steps done" />
          </div>
        ) : null}
        <Said view={view} />
        <ol>
          {operation.plan.steps.map((planned) => (
            <StepRow
              key={planned.id}
              planned={planned}
              step={view.steps.find((step) => step.id === planned.id)}
              view={view}
            />
          ))}
        </ol>
      </Card>
    </div>
  )
}

/** What was done around the steps: which checks were overridden, which hosts are held, which could not be let go. */
function Said({ view }: { view: OperationView }) {
  const { createdAt, plan } = view.operation
  const overridden = overrideSentences(plan.preflight).map((sentence, index) => ({
    seq: -1 - index,
    at: createdAt,
    sentence,
  }))
  const noted = view.events.flatMap(({ seq, at, event }) =>
    event.type === 'operation.noted' ? [{ seq, at, sentence: event.sentence }] : [],
  )
  const said = [...overridden, ...noted]
  if (said.length === 0) return null
  return (
    <ul aria-label="Around the steps" className="border-line border-b px-4 py-2 text-ink2 text-sm">
      {said.map(({ seq, at, sentence }) => (
        <li key={seq} className="[overflow-wrap:anywhere]">
          <time dateTime={at} title={formatFullInstant(at)} className="text-ink3">
            {formatClock(at)}
          </time>{' '}
          {sentence}
        </li>
      ))}
    </ul>
  )
}

const notes: Readonly<Partial<Record<OperationState, string>>> = {
  queued: 'It begins as soon as the worker takes it. This page may be closed at any time.',
  running: 'It runs in the dashboard, not in this page: the page may be closed at any time.',
  undoing: 'It is taking back what it did, the last step first.',
  undone: 'Everything that it did has been taken back.',
  closed: 'It was closed; what it did stays.',
}

const outcomeNotes: Readonly<Record<OperationOutcome, string | null>> = {
  complete: null,
  'not-reattached':
    'The step that failed says why. Nothing is lost, but there is no standby until the pair is re-paired.',
  finding: 'The step that failed says what was found. What was made for it is removed; the standby goes on.',
  'gave-way': 'The step that failed says why. What was made for it is removed; the standby goes on.',
}

/** How it stands, said aloud when it changes, and what to do where it stands still. */
function Outcome({ view }: { view: OperationView }) {
  const { operation, events, verbs } = view
  const last = events.findLast(({ event }) => event.type.startsWith('operation.'))?.event
  const error = last && 'error' in last ? last.error : null
  const why = last && 'why' in last ? last.why : ''
  const left = operation.state === 'succeeded' ? outcomeNotes[operationOutcome(operation.plan, events)] : null
  const tone = left === null ? operationTones[operation.state] : 'warn'
  return (
    <div role="status">
      <Notice
        tone={tone}
        title={
          <>
            <span className="inline-block first-letter:uppercase">{endWords(view)}</span>
            {error ? `: ${error.message}` : ''}
          </>
        }
      >
        {error?.fix ? <p>{error.fix}</p> : null}
        {why ? <p>{why}</p> : null}
        {operation.kind === 'switchover'
          ? measuredTimes(view).map((line) => <p key={line}>{line}.</p>)
          : null}
        <p>{left ?? notes[operation.state] ?? standingNote(operation.state, verbs.undo.allowed)}</p>
      </Notice>
    </div>
  )
}

function standingNote(state: OperationState, canUndo: boolean): string {
  if (state === 'succeeded') return 'Every step’s effect was seen by facts.'
  const undo = canUndo ? ' Undo takes back what was done.' : ''
  return `Resume goes on where it stopped: each step first looks whether its effect is already there.${undo} Until then the pair is held, so that nothing else acts on it.`
}
