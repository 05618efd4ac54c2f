import { PlanList } from '@/components/operations/plan-list'
import { Card, CardHead } from '@/components/ui/card'
import { DownloadButton } from '@/components/ui/download-button'
import type { Plan } from '@/lib/domain/operation'
import { buildRunbook } from '@/lib/domain/operation-report'
import type { Role } from '@/lib/domain/pair'

/** A plan as it is shown before it runs; it can be taken along as a runbook. */
export function PlanCard(props: { plan: Plan; pairSlug: string; hostNames: Readonly<Record<Role, string>> }) {
  const { plan, pairSlug, hostNames } = props
  return (
    <Card aria-labelledby="plan-heading" className="min-w-0">
      <CardHead id="plan-heading" title="Plan">
        <span>{plan.steps.length} steps</span>
        <DownloadButton
          fileName={`${plan.kind}-${pairSlug}-runbook.md`}
          content={() => buildRunbook(plan, pairSlug, hostNames)}
        >
          Runbook
        </DownloadButton>
      </CardHead>
      <PlanList steps={plan.steps} hostNames={hostNames} />
    </Card>
  )
}
