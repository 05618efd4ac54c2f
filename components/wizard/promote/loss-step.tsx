'use client'
import { useState } from 'react'
import { ConfirmFields } from '@/components/operations/confirm-fields'
import { OverrideFields, type OverrideReasons } from '@/components/operations/override-fields'
import { PlanCard } from '@/components/operations/plan-card'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { Skeleton } from '@/components/ui/skeleton'
import { LossTable } from '@/components/wizard/promote/loss-table'
import type { PromoteProps } from '@/components/wizard/promote/promote-wizard'
import { StartRow } from '@/components/wizard/start-row'
import { useDraftStart } from '@/components/wizard/use-draft-start'
import { WizardFooter } from '@/components/wizard/wizard-footer'
import { blockers, type CheckOverride, overridesOf, withOverrides } from '@/lib/domain/preflight'
import type { PlanView } from '@/lib/domain/views'

/** The third step: loss and plan side by side, and one button that stays closed until its words are typed. */
export function LossStep(props: PromoteProps) {
  const { view, draft, plan, planError, hostNames } = props
  const loss = view.verdict?.loss
  return (
    <div className="grid grid-cols-1 gap-4">
      <ProblemNotice error={planError} action={<Button onClick={props.onReplan}>Plan again</Button>} />
      <div className="grid items-start gap-3 lg:grid-cols-[1fr_400px]">
        <div className="grid min-w-0 gap-3 lg:order-last lg:sticky lg:top-18">
          {loss ? (
            <LossTable
              loss={loss}
              standbyName={hostNames.standby}
              primaryLsnAt={view.verdict?.lag.primaryLsnAt ?? null}
              scope={view.pair.scope}
            />
          ) : null}
          {plan ? (
            <ConfirmCard {...props} plan={plan} isNews={(warning) => !loss || warning !== lossOfPlan(plan)} />
          ) : null}
        </div>
        {plan ? (
          <PlanCard plan={plan.plan} pairSlug={view.pair.slug} hostNames={hostNames} />
        ) : planError ? null : (
          <Skeleton className="h-96" />
        )}
      </div>
      <WizardFooter onBack={() => draft.go('fence')} />
    </div>
  )
}

/** The loss as the plan was made with it: the table above says it as of now. */
const lossOfPlan = ({ plan: { facts } }: PlanView): unknown =>
  typeof facts === 'object' && facts !== null && 'lossSentence' in facts ? facts.lossSentence : null

type ConfirmProps = Omit<PromoteProps, 'plan'> & {
  plan: PlanView
  /** Whether a warning is not said on the page already. */
  isNews: (warning: string) => boolean
}

function ConfirmCard(props: ConfirmProps) {
  const { view, draft, hostNames } = props
  const { plan } = props.plan
  const [typed, setTyped] = useState('')
  const [reasons, setReasons] = useState<OverrideReasons>({})
  const overrides = overridesOf(plan.preflight, reasons)
  const reason = typeof draft.answers.reason === 'string' ? draft.answers.reason : ''
  const started = useDraftStart({
    draft,
    shown: props.plan.shown,
    path: `/pairs/${encodeURIComponent(view.pair.slug)}/promote`,
    body: () => ({ acknowledgement: typed.trim(), reason: reason.trim(), overrides }),
  })
  const isFenced = view.observation?.hosts.primary.machine.seen === true
  const closed = whyClosed({ plan: props.plan, overrides, typed, reason })
  return (
    <Card className="grid gap-3 p-4" aria-label="Confirm the promotion">
      <p>
        {hostNames.primary}{' '}
        <b className="font-semibold">{isFenced ? 'is fenced first' : 'could not be fenced'}</b>
        {isFenced
          ? ': it answers, so it is stopped before anything else.'
          : ': it does not answer. Make sure that nobody starts it; if it comes back writable, the page says so at once.'}
      </p>
      {plan.warnings.filter(props.isNews).map((warning) => (
        <Notice key={warning} tone="warn" title={warning} />
      ))}
      <OverrideFields checks={plan.preflight} reasons={reasons} onChange={setReasons} />
      <ConfirmFields
        acknowledgement={plan.acknowledgement}
        typed={typed}
        onTyped={setTyped}
        reason={reason}
        onReason={(given) => draft.change({ slug: view.pair.slug, reason: given })}
      />
      <StartRow kind="danger" started={started} closedBecause={closed} onReplan={props.onReplan}>
        Promote {hostNames.standby}
      </StartRow>
    </Card>
  )
}

function whyClosed(given: {
  plan: PlanView
  overrides: readonly CheckOverride[]
  typed: string
  reason: string
}): string {
  const { plan } = given.plan
  const [failed] = blockers(withOverrides(plan.preflight, given.overrides, 'you'))
  if (failed) return `${failed.title}: ${failed.evidence} ${failed.fix}`.trim()
  if (plan.acknowledgement && given.typed.trim() !== plan.acknowledgement)
    return given.typed.trim() === '' ? 'type the sentence first' : 'finish typing the sentence'
  return given.reason.trim() === '' ? 'give a reason first' : ''
}
