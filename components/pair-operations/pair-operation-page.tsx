'use client'
import { useQuery } from '@tanstack/react-query'
import { parseAsJson, useQueryState } from 'nuqs'
import { useState } from 'react'
import { toProblem } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { CheckList } from '@/components/operations/check-list'
import { PlanCard } from '@/components/operations/plan-card'
import { ConfirmCard } from '@/components/pair-operations/confirm-card'
import {
  type ChosenOptions,
  pairOperationDisplays,
} from '@/components/pair-operations/pair-operation-display'
import { ProblemNotice } from '@/components/session/problem-notice'
import { ProblemPage } from '@/components/session/problem-page'
import { StatePill } from '@/components/status/state-pill'
import { Button } from '@/components/ui/button'
import { Card, CardHead } from '@/components/ui/card'
import { PageHead } from '@/components/ui/page-head'
import { Skeleton } from '@/components/ui/skeleton'
import { planQueries } from '@/components/wizard/plan-queries'
import { planHostNames } from '@/lib/domain/plan-host-names'
import type { PairView } from '@/lib/domain/views'

export type PlannedOperation = keyof typeof pairOperationDisplays

const isObject = (value: unknown): ChosenOptions | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null

/** An operation on a pair before it runs: what was found, what can be chosen, what will be done, and one button. */
export function PairOperationPage({ slug, operation }: { slug: string; operation: PlannedOperation }) {
  const pair = useQuery(queries.pair(slug))
  if (pair.error) return <ProblemPage problem={toProblem(pair.error)} />
  if (!pair.data) return <Skeleton className="h-96" />
  return <Planned view={pair.data} operation={operation} />
}

function Planned({ view, operation }: { view: PairView; operation: PlannedOperation }) {
  const { slug } = view.pair
  const { titleOf, Options, firstOptions } = pairOperationDisplays[operation]
  const [first] = useState(() => firstOptions?.(view) ?? {})
  const [options, setOptions] = useQueryState('options', parseAsJson(isObject).withDefault(first))
  const plan = useQuery({
    ...planQueries.onPair(slug, operation, options),
    staleTime: 15_000,
  })
  const replan = () => plan.refetch()
  const hostNames = plan.data && planHostNames(view, plan.data.plan)
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead
        title={
          <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1">
            {titleOf(view)} <StatePill state={view.verdict?.state ?? null} />
          </span>
        }
      >
        {view.verdict?.reasons[0]}
      </PageHead>
      {Options ? <Options view={view} options={options} onChange={(next) => void setOptions(next)} /> : null}
      <ProblemNotice error={plan.error} action={<Button onClick={replan}>Plan again</Button>} />
      {plan.data && hostNames ? (
        <div className="grid items-start gap-3 lg:grid-cols-[1fr_400px]">
          <div className="grid min-w-0 gap-3 lg:order-last lg:sticky lg:top-18">
            <ConfirmCard
              view={view}
              operation={operation}
              options={options}
              shown={plan.data}
              onReplan={replan}
            />
            <Card aria-labelledby="checks-heading">
              <CardHead id="checks-heading" title="What was found" />
              <CheckList checks={plan.data.checks} hostNames={hostNames} />
            </Card>
          </div>
          <PlanCard plan={plan.data.plan} pairSlug={slug} hostNames={hostNames} />
        </div>
      ) : plan.error ? null : (
        <Skeleton className="h-96" />
      )}
    </div>
  )
}
