'use client'
import { useQuery } from '@tanstack/react-query'
import { toProblem } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { OperationPanel } from '@/components/operations/operation-panel'
import { ProblemPage } from '@/components/session/problem-page'
import { StatePill } from '@/components/status/state-pill'
import { PageHead } from '@/components/ui/page-head'
import { Skeleton } from '@/components/ui/skeleton'
import { DraftNotice } from '@/components/wizard/draft-notice'
import { planQueries } from '@/components/wizard/plan-queries'
import { FenceStep } from '@/components/wizard/promote/fence-step'
import { KnownStep } from '@/components/wizard/promote/known-step'
import { LossStep } from '@/components/wizard/promote/loss-step'
import { PromotedStep } from '@/components/wizard/promote/promoted-step'
import { type DraftHandle, useDraft } from '@/components/wizard/use-draft'
import { useTurnToDone } from '@/components/wizard/use-turn-to-done'
import { WizardFrame } from '@/components/wizard/wizard-frame'
import { closedByRun, stepOfRun, wizardRunOf } from '@/components/wizard/wizard-run'
import type { Role } from '@/lib/domain/pair'
import type { PairView, PlanView } from '@/lib/domain/views'

const steps = [
  { id: 'known', label: 'What is known', heading: 'What is known now' },
  { id: 'fence', label: 'Fence', heading: 'Can the old primary come back?' },
  { id: 'loss', label: 'Loss and plan', heading: 'What is lost, and exactly what will be done' },
  { id: 'run', label: 'Run', heading: 'Promoting' },
  { id: 'done', label: 'Done', heading: 'The standby is primary now' },
] as const

export type PromoteProps = {
  readonly view: PairView
  readonly draft: DraftHandle
  readonly plan: PlanView | null
  readonly planError: unknown
  readonly isPlanning: boolean
  readonly onReplan: () => Promise<unknown>
  readonly hostNames: Readonly<Record<Role, string>>
}

const bodies = { known: KnownStep, fence: FenceStep, loss: LossStep } as const

/** The promote wizard: works from what can be reached, and says at each step what can't. */
export function PromoteWizard({ slug }: { slug: string }) {
  const draft = useDraft('promote')
  const pair = useQuery(queries.pair(slug))
  const error = draft.loadError ?? pair.error
  if (error) return <ProblemPage problem={toProblem(error)} />
  if (draft.isLoading || !pair.data) return <Skeleton className="h-96" />
  return <Steps view={pair.data} draft={draft} />
}

function Steps({ view, draft }: { view: PairView; draft: DraftHandle }) {
  const { slug } = view.pair
  const operationId = draft.draft?.operationId ?? null
  const operation = useQuery({ ...queries.operation(operationId ?? ''), enabled: operationId !== null })
  const run = wizardRunOf(operationId, operation.data)
  const plan = useQuery({
    ...planQueries.onPair(slug, 'promote'),
    enabled: operationId === null,
    staleTime: 15_000,
  })
  const wanted = steps.find((step) => step.id === draft.step)?.id ?? (operationId ? 'run' : 'known')
  const closed = (step: string) => closedByRun(step, run) ?? ''
  const current = closed(wanted) ? (operationId ? stepOfRun(run) : 'known') : wanted
  useTurnToDone({ draft, current, run })
  // Once promoted the pair's roles have swapped: the operation remembers who was who.
  const hostNames = operation.data?.hostNames ?? {
    primary: view.hosts.primary.name,
    standby: view.hosts.standby.name,
  }
  const Body = current in bodies ? bodies[current as keyof typeof bodies] : null
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead
        title={
          <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1">
            Promote {hostNames.standby} <StatePill state={view.verdict?.state ?? null} />
          </span>
        }
      >
        {view.verdict?.reasons[0]}
      </PageHead>
      <WizardFrame steps={steps} current={current} closedBecause={closed} onStep={(step) => draft.go(step)}>
        <DraftNotice draft={draft} />
        {Body ? (
          <Body
            view={view}
            draft={draft}
            plan={plan.data ?? null}
            planError={plan.error}
            isPlanning={plan.isFetching}
            onReplan={() => plan.refetch()}
            hostNames={hostNames}
          />
        ) : null}
        {current === 'run' && operationId ? <OperationPanel id={operationId} /> : null}
        {current === 'done' && operation.data ? <PromotedStep slug={slug} view={operation.data} /> : null}
      </WizardFrame>
    </div>
  )
}
