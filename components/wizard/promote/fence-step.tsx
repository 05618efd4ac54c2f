'use client'
import { PlanList } from '@/components/operations/plan-list'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { Card, CardHead } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { Skeleton } from '@/components/ui/skeleton'
import type { PromoteProps } from '@/components/wizard/promote/promote-wizard'
import { ReturnCard } from '@/components/wizard/promote/return-card'
import { WizardFooter } from '@/components/wizard/wizard-footer'

/** The second step: what keeps the old primary from coming back writable, or that nothing can. */
export function FenceStep({ view, draft, plan, planError, onReplan, hostNames }: PromoteProps) {
  const isReachable = view.observation?.hosts.primary.machine.seen === true
  const fencing = plan?.plan.steps.filter((step) => step.host === 'primary') ?? []
  return (
    <div className="grid grid-cols-1 gap-4">
      {isReachable ? (
        <Notice tone="busy" title={`${hostNames.primary} can be fenced: its SSH answers.`}>
          {view.pair.scope.database
            ? 'It is stopped, and marked so that even a start by hand or a reboot comes up read-only, before '
            : 'Its application is stopped and stays stopped, also after a reboot, before '}
          {hostNames.standby} is promoted.
        </Notice>
      ) : (
        <Notice tone="warn" title={`${hostNames.primary} can’t be fenced: it does not answer.`}>
          Understudy looks for it each second and says at once when it is back. Until then make sure that
          nobody starts it, and, if you can, cut its power or its cable.
        </Notice>
      )}
      {isReachable || !view.pair.scope.database ? null : (
        <ReturnCard view={view} hostName={hostNames.primary} />
      )}
      <ProblemNotice error={planError} action={<Button onClick={onReplan}>Plan again</Button>} />
      {plan ? (
        <Card aria-labelledby="fence-heading">
          <CardHead id="fence-heading" title={`What is done about ${hostNames.primary}`} />
          {fencing.length > 0 ? (
            <PlanList steps={fencing} hostNames={hostNames} />
          ) : (
            <p className="px-4 py-3 text-ink2 text-sm">
              Nothing can be done on it now; the plan’s steps all act on {hostNames.standby} or in the
              dashboard.
            </p>
          )}
        </Card>
      ) : planError ? null : (
        <Skeleton className="h-40" />
      )}
      <WizardFooter onBack={() => draft.go('known')} onNext={() => draft.go('loss')} />
    </div>
  )
}
