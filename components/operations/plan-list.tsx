import { OctagonAlert, Undo2 } from 'lucide-react'
import { PreviewLines } from '@/components/operations/preview-lines'
import { formatDuration } from '@/lib/domain/format-duration'
import type { PlannedStep, StepHost } from '@/lib/domain/operation'
import type { Role } from '@/lib/domain/pair'

/** Where a step runs, in the operator's words. */
export function HostTag({ host, hostNames }: { host: StepHost; hostNames: Readonly<Record<Role, string>> }) {
  return (
    <span className="inline-block w-max rounded-md border border-line bg-raise px-1.5 py-px font-semibold text-2xs text-ink2">
      {host === 'here' ? 'dashboard' : hostNames[host]}
    </span>
  )
}

export function NoReturnTag() {
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap font-semibold text-bad text-xs">
      <OctagonAlert className="size-3.5" aria-hidden="true" />
      point of no return
    </span>
  )
}

/** Every step before anything runs: where, what exactly, and how it is taken back. */
export function PlanList(props: {
  steps: readonly PlannedStep[]
  hostNames: Readonly<Record<Role, string>>
}) {
  return (
    <ol className="text-sm">
      {props.steps.map((step, index) => (
        <li
          key={step.id}
          className="grid grid-cols-[24px_1fr] gap-x-2.5 gap-y-1.5 border-line border-b px-4 py-3 last:border-b-0 sm:grid-cols-[24px_84px_1fr]"
        >
          <span className="text-ink3">{index + 1}</span>
          <span className="max-sm:col-start-2">
            <HostTag host={step.host} hostNames={props.hostNames} />
          </span>
          <div className="grid min-w-0 gap-1.5 max-sm:col-start-2">
            <div className="flex flex-wrap items-baseline justify-between gap-x-3 gap-y-1">
              <h3 className="font-[570] text-base">{step.title}</h3>
              {step.irreversible ? <NoReturnTag /> : null}
            </div>
            <PreviewLines lines={step.preview} />
            <p className="flex items-start gap-1.5 text-ink3 text-xs">
              <Undo2 className="mt-px size-3.5 shrink-0" aria-hidden="true" />
              <span>
                {step.undoSentence} At most {formatDuration(step.timeoutMs / 1000)}
                {step.attemptsMax > 1 ? `, ${step.attemptsMax} attempts` : ''}.
              </span>
            </p>
          </div>
        </li>
      ))}
    </ol>
  )
}
