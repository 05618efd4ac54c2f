'use client'
import { useQuery } from '@tanstack/react-query'
import { Play } from 'lucide-react'
import { useState } from 'react'
import { ConfirmFields } from '@/components/operations/confirm-fields'
import { OverrideFields } from '@/components/operations/override-fields'
import { PlanCard } from '@/components/operations/plan-card'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { Skeleton } from '@/components/ui/skeleton'
import { toCreateInput } from '@/components/wizard/create/create-answers'
import type { StepProps } from '@/components/wizard/create/create-wizard'
import { planQueries } from '@/components/wizard/plan-queries'
import { StartRow } from '@/components/wizard/start-row'
import { useDraftStart } from '@/components/wizard/use-draft-start'
import { WizardFooter } from '@/components/wizard/wizard-footer'
import type { Plan } from '@/lib/domain/operation'
import { isBlockingDespite, overridesOf } from '@/lib/domain/preflight'
import type { PlanView } from '@/lib/domain/views'

/** The sixth step: the plan with its exact commands; nothing has run so far. */
export function PlanStep(props: StepProps) {
  const { answers, draft, hostNames } = props
  const { input } = toCreateInput(answers)
  const plan = useQuery({
    ...planQueries.create(input),
    enabled: input !== null,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  })
  return (
    <div className="grid grid-cols-1 gap-4">
      <ProblemNotice error={plan.error} action={<Button onClick={() => plan.refetch()}>Plan again</Button>} />
      {plan.data ? (
        <div className="grid items-start gap-3 lg:grid-cols-[1fr_380px]">
          <PlanCard plan={plan.data.plan} pairSlug={answers.slug} hostNames={hostNames} />
          <div className="grid gap-3 lg:sticky lg:top-18">
            <StartCard {...props} plan={plan.data} onReplan={() => plan.refetch()} />
          </div>
        </div>
      ) : plan.isFetching ? (
        <div aria-busy="true">
          <p role="status" className="mb-2 text-ink2">
            Making the plan from what both hosts say now…
          </p>
          <Skeleton className="h-96" />
        </div>
      ) : null}
      <WizardFooter onBack={() => draft.go('preflight')} />
    </div>
  )
}

function StartCard(props: StepProps & { plan: PlanView; onReplan: () => Promise<unknown> }) {
  const { answers, draft, hostNames } = props
  const { plan } = props.plan
  const [typed, setTyped] = useState('')
  const started = useDraftStart({
    draft,
    shown: props.plan.shown,
    path: '/create',
    body: () => ({
      ...toCreateInput(answers).input,
      acknowledgement: typed.trim(),
      reason: answers.reason.trim(),
      overrides: overridesOf(plan.preflight, answers.overrides),
    }),
  })
  const closed = isBlockingDespite(plan.preflight, answers.overrides)
    ? 'a preflight check fails'
    : whyClosed(plan, typed.trim(), answers.reason.trim())
  return (
    <Card className="grid gap-3 p-4" aria-labelledby="start-heading">
      <h3 id="start-heading" className="font-semibold text-md">
        Start
      </h3>
      <p className="text-ink2 text-sm">
        {hostNames.primary} keeps running. What stands on {hostNames.standby} is put aside, never deleted.
        Each step can be undone as it says.
      </p>
      {plan.warnings.map((warning) => (
        <Notice key={warning} tone="warn" title={warning} />
      ))}
      <OverrideFields
        checks={plan.preflight}
        reasons={answers.overrides}
        onChange={(overrides) => draft.change({ overrides })}
      />
      <ConfirmFields
        acknowledgement={plan.acknowledgement}
        acknowledgementHint="The name of the host whose data is put aside."
        typed={typed}
        onTyped={setTyped}
        reason={answers.reason}
        onReason={(reason) => draft.change({ reason })}
      />
      <StartRow kind="primary" started={started} closedBecause={closed} onReplan={props.onReplan}>
        <Play aria-hidden="true" />
        Create the standby
      </StartRow>
    </Card>
  )
}

function whyClosed(plan: Plan, typed: string, reason: string): string {
  if (typed !== plan.acknowledgement) return `type ${plan.acknowledgement} first: its data is put aside`
  return reason === '' ? 'give a reason first' : ''
}
