'use client'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toProblem } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { CheckList } from '@/components/operations/check-list'
import { OverrideFields, type OverrideReasons } from '@/components/operations/override-fields'
import { PlanCard } from '@/components/operations/plan-card'
import { ProblemNotice } from '@/components/session/problem-notice'
import { ProblemPage } from '@/components/session/problem-page'
import { StatePill } from '@/components/status/state-pill'
import { Button } from '@/components/ui/button'
import { Card, CardHead } from '@/components/ui/card'
import { TextField } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import { PageHead } from '@/components/ui/page-head'
import { Skeleton } from '@/components/ui/skeleton'
import { planQueries } from '@/components/wizard/plan-queries'
import { StartRow } from '@/components/wizard/start-row'
import { useStart } from '@/components/wizard/use-start'
import type { Role } from '@/lib/domain/pair'
import { isBlockingDespite, overridesOf } from '@/lib/domain/preflight'
import type { PairView, PlanView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

/** Fencing a former primary that came back: what was found, what will be done, and one button. */
export function FencePage({ slug }: { slug: string }) {
  const pair = useQuery(queries.pair(slug))
  if (pair.error) return <ProblemPage problem={toProblem(pair.error)} />
  if (!pair.data) return <Skeleton className="h-96" />
  return <Planned view={pair.data} />
}

function Planned({ view }: { view: PairView }) {
  const { slug } = view.pair
  // In the plan the former primary has the role that it had before.
  const hostNames = { primary: view.hosts.standby.name, standby: view.hosts.primary.name }
  const plan = useQuery({
    ...planQueries.fence(slug),
    staleTime: 15_000,
  })
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead
        title={
          <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1">
            Fence {hostNames.primary} <StatePill state={view.verdict?.state ?? null} />
          </span>
        }
      >
        {view.verdict?.reasons[0]}
      </PageHead>
      <ProblemNotice error={plan.error} action={<Button onClick={() => plan.refetch()}>Plan again</Button>} />
      {plan.data ? (
        <div className="grid items-start gap-3 lg:grid-cols-[1fr_400px]">
          <div className="grid min-w-0 gap-3 lg:order-last lg:sticky lg:top-18">
            <ConfirmCard view={view} shown={plan.data} onReplan={() => plan.refetch()} />
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

function ConfirmCard(props: { view: PairView; shown: PlanView; onReplan: () => Promise<unknown> }) {
  const { view, shown, onReplan } = props
  const [reason, setReason] = useState('')
  const [reasons, setReasons] = useState<OverrideReasons>({})
  const router = useRouter()
  const started = useStart({
    shown: shown.shown,
    path: `/pairs/${encodeURIComponent(view.pair.slug)}/fence`,
    body: () => ({ reason: reason.trim(), overrides: overridesOf(shown.checks, reasons) }),
    draftId: null,
    onStarted: ({ operationId }) => router.push(routes.operation(operationId)),
  })
  const permission = view.actions.find(({ action }) => action === 'fence')
  const closed = !permission?.allowed
    ? (permission?.reason ?? '')
    : isBlockingDespite(shown.checks, reasons)
      ? 'a check fails'
      : reason.trim() === ''
        ? 'give a reason first'
        : ''
  const name: Readonly<Record<Role, string>> = {
    primary: view.hosts.primary.name,
    standby: view.hosts.standby.name,
  }
  return (
    <Card className="grid gap-3 p-4" aria-label="Confirm the fence">
      <p>
        PostgreSQL and the application on <b className="font-semibold">{name.standby}</b> are stopped, and it
        comes up read-only even by hand or after a reboot. {name.primary} is not touched.
      </p>
      {shown.plan.warnings.map((warning) => (
        <Notice key={warning} tone="warn" title={warning} />
      ))}
      <OverrideFields checks={shown.checks} reasons={reasons} onChange={setReasons} />
      <TextField
        label="Reason"
        hint="Kept with the operation and in the audit."
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <StartRow kind="danger" started={started} closedBecause={closed} onReplan={onReplan}>
        Fence {name.standby}
      </StartRow>
    </Card>
  )
}
