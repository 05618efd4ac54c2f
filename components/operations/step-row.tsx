'use client'
import { Ban, Check, ChevronRight, Circle, CircleDashed, LoaderCircle, Undo2, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useNow } from '@/components/data/use-now'
import { stepTones } from '@/components/operations/operation-display'
import { HostTag, NoReturnTag } from '@/components/operations/plan-list'
import { PreviewLines } from '@/components/operations/preview-lines'
import { cn } from '@/components/ui/cn'
import { toneText } from '@/components/ui/pill'
import { ProgressBar } from '@/components/ui/progress-bar'
import { formatDuration } from '@/lib/domain/format-duration'
import { formatFullInstant } from '@/lib/domain/format-instant'
import type { PlannedStep, StepState } from '@/lib/domain/operation'
import { mayFailWords, stepWords } from '@/lib/domain/operation-words'
import { type ProgressLine, progressText, stepAttempts, stepOutput } from '@/lib/domain/step-progress'
import type { OperationView, ShownStep, StepView } from '@/lib/domain/views'

const icons = {
  pending: Circle,
  running: LoaderCircle,
  succeeded: Check,
  skipped: ChevronRight,
  failed: X,
  undoing: LoaderCircle,
  undone: Undo2,
  'undo-failed': Ban,
} as const satisfies Record<StepState, typeof Circle>

/** One step while the operation runs and afterwards: where it stands, how far it is, what it did and said. */
export function StepRow(props: { planned: PlannedStep; step: ShownStep | undefined; view: OperationView }) {
  const { planned, view } = props
  const state = props.step?.state ?? 'pending'
  const Icon = props.step ? icons[state] : CircleDashed
  const isMoving = state === 'running' || state === 'undoing'
  const hasFailed = state === 'failed' || state === 'undo-failed'
  const progress = isMoving ? (props.step?.progress ?? []) : []
  const attempts = stepAttempts(planned.id, view.events)
  const output = stepOutput(planned.id, view.events)
  return (
    <li
      className={cn(
        'grid grid-cols-[22px_1fr] gap-x-3 border-line border-b px-4 py-3 last:border-b-0',
        isMoving && 'bg-busy-soft/40',
      )}
      aria-current={isMoving ? 'step' : undefined}
    >
      <Icon
        className={cn('mt-0.5 size-[18px]', toneText[stepTones[state]], isMoving && 'animate-spin')}
        aria-hidden="true"
        strokeWidth={2.2}
      />
      <div className="grid min-w-0 gap-1.5">
        <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <h3 className={cn('font-[570]', state === 'pending' && 'text-ink2')}>{planned.title}</h3>
          <HostTag host={planned.host} hostNames={view.hostNames} />
          {planned.irreversible ? <NoReturnTag /> : null}
          <span className="ml-auto whitespace-nowrap text-ink3 text-sm">
            <span className={toneText[stepTones[state]]}>{stepWords[state]}</span>
            <StepTime step={props.step} isMoving={isMoving} />
          </span>
        </div>
        {props.step?.sentence ? (
          <p className={cn('text-sm', hasFailed ? 'text-bad' : 'text-ink2')}>
            {props.step.sentence}
            {props.step.fix ? <span className="text-ink"> {props.step.fix}</span> : null}
            {state === 'failed' && planned.mayFail ? (
              <span className="text-ink"> {mayFailWords[planned.mayFail]}</span>
            ) : null}
          </p>
        ) : null}
        {isMoving || hasFailed ? <LastLine lines={output} hasEnded={hasFailed} /> : null}
        {attempts > 1 ? <p className="text-ink3 text-xs">Begun {attempts} times.</p> : null}
        {progress.map((line) => (
          <div key={line.label} className="grid gap-1">
            <p className="flex flex-wrap justify-between gap-x-3 text-sm">
              <span className="text-ink2">{line.label}</span>
              <ProgressWords line={line} />
            </p>
            <ProgressBar percent={line.percent} label={line.label} />
          </div>
        ))}
        <StepDetails planned={planned} output={output} />
      </div>
    </li>
  )
}

function ProgressWords({ line }: { line: ProgressLine }) {
  return <span>{progressText(line, useNow())}</span>
}

function StepTime({ step, isMoving }: { step: StepView | undefined; isMoving: boolean }) {
  if (!step?.startedAt) return null
  return isMoving ? <Running since={step.startedAt} /> : <Took step={step} startedAt={step.startedAt} />
}

function Running({ since }: { since: string }) {
  const seconds = Math.floor((useNow() - Date.parse(since)) / 1000)
  return <>, {formatDuration(seconds)}</>
}

function Took({ step, startedAt }: { step: StepView; startedAt: string }) {
  if (!step.endedAt) return null
  return (
    <span title={`${formatFullInstant(startedAt)} to ${formatFullInstant(step.endedAt)}`}>
      , {formatDuration((Date.parse(step.endedAt) - Date.parse(startedAt)) / 1000)}
    </span>
  )
}

/** What a step said last: while it runs, that a host does not answer, and not only a copy that stands still; once it failed, why. */
function LastLine({ lines, hasEnded }: { lines: readonly string[]; hasEnded: boolean }) {
  const last = lines.at(-1)
  if (!last) return null
  return (
    <p className="text-ink2 text-sm [overflow-wrap:anywhere]">
      {hasEnded ? <span className="text-ink3">Said last: </span> : null}
      {last}
    </p>
  )
}

function StepDetails({ planned, output }: { planned: PlannedStep; output: readonly string[] }) {
  return (
    <details className="group text-sm">
      <summary className="inline-flex w-max list-none items-center gap-1 rounded text-ink3 hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-3.5 transition-transform group-open:rotate-90" aria-hidden="true" />
        Commands
        {output.length > 0
          ? ` and output (${output.length === 1 ? '1 line' : `${output.length} lines`})`
          : ''}
        <span className="sr-only"> of {planned.title}</span>
      </summary>
      <div className="mt-1.5 grid gap-2">
        <PreviewLines lines={planned.preview} />
        <p className="text-ink3 text-xs">{planned.undoSentence}</p>
        {output.length > 0 ? <Output lines={output} title={planned.title} /> : null}
      </div>
    </details>
  )
}

/** Keeps to the end while it grows, unless the reader has scrolled up. */
function Output({ lines, title }: { lines: readonly string[]; title: string }) {
  const box = useRef<HTMLTextAreaElement>(null)
  const isAtEnd = useRef(true)
  useEffect(() => {
    if (lines.length > 0 && box.current && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight
  }, [lines])
  return (
    <textarea
      ref={box}
      readOnly
      rows={Math.min(14, lines.length)}
      value={lines.join('\n')}
      aria-label={`Output of ${title}`}
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 24
      }}
      className="w-full resize-y rounded-lg border border-line bg-raise p-2.5 font-mono text-xs leading-[1.55]"
    />
  )
}
