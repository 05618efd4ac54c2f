'use client'
import { useQuery } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import { apiClient } from '@/components/data/api-client'
import { HostRights } from '@/components/hosts/host-rights'
import { CheckList, countChecks } from '@/components/operations/check-list'
import { OverrideFields } from '@/components/operations/override-fields'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { Card, CardHead } from '@/components/ui/card'
import { CheckboxField } from '@/components/ui/field'
import { Skeleton } from '@/components/ui/skeleton'
import { toCreateInput } from '@/components/wizard/create/create-answers'
import type { StepProps } from '@/components/wizard/create/create-wizard'
import { WizardFooter } from '@/components/wizard/wizard-footer'
import type { Role } from '@/lib/domain/pair'
import { isBlockingDespite } from '@/lib/domain/preflight'
import type { PreflightView } from '@/lib/domain/views'

/** Whether the login of a host uses sudo, or may not do what it must. */
const asksForRights = (checks: PreflightView['checks'], role: Role) =>
  checks.some(
    ({ id, outcome }) =>
      (id === `${role}-rights` && outcome !== 'not-applicable') ||
      (id === `${role}-sudo` && outcome === 'fail'),
  )

/** The fifth step: every fact with a threshold, its evidence and its fix. */
export function PreflightStep({ answers, draft, hostNames }: StepProps) {
  const { input } = toCreateInput(answers)
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['preflight', input],
    queryFn: () => apiClient.post<PreflightView>('/create/preflight', input),
    enabled: input !== null,
    staleTime: 30_000,
  })
  const blocked = data && isBlockingDespite(data.checks, answers.overrides)
  const restart = data?.checks.find(
    ({ id, outcome }) => id === 'primary-restart' && outcome !== 'not-applicable',
  )
  return (
    <div className="grid grid-cols-1 gap-4">
      <ProblemNotice error={error} action={<Button onClick={() => refetch()}>Check again</Button>} />
      {data ? (
        <Card aria-labelledby="preflight-heading" aria-busy={isFetching}>
          <CardHead id="preflight-heading" title="Preflight checks">
            <span role="status">{isFetching ? 'checking…' : countChecks(data.checks)}</span>
            <Button size="small" busy={isFetching} onClick={() => refetch()}>
              <RotateCw aria-hidden="true" />
              Check again
            </Button>
          </CardHead>
          <CheckList checks={data.checks} hostNames={hostNames} />
        </Card>
      ) : null}
      {data && input
        ? (['primary', 'standby'] as const)
            .filter((role) => asksForRights(data.checks, role))
            .map((role) => (
              <HostRights
                key={role}
                hostId={input.hosts[role]}
                hostName={hostNames[role]}
                create={input}
                onInstalled={() => refetch()}
              />
            ))
        : null}
      <OverrideFields
        checks={data?.checks ?? []}
        reasons={answers.overrides}
        onChange={(overrides) => draft.change({ overrides })}
      />
      {restart ? (
        <CheckboxField
          label={`Restart PostgreSQL on ${hostNames.primary} once`}
          hint={restart.evidence}
          checked={answers.agreeRestart}
          onChange={(event) => draft.change({ agreeRestart: event.target.checked })}
        />
      ) : null}
      {!data && isFetching ? (
        <div aria-busy="true">
          <p role="status" className="mb-2 text-ink2">
            Checking both hosts; nothing is changed…
          </p>
          <Skeleton className="h-96" />
        </div>
      ) : null}
      <WizardFooter
        onBack={() => draft.go('profile')}
        onNext={() => draft.go('plan')}
        closedBecause={
          blocked
            ? 'Mend what failed, then check again; or override it where that is offered.'
            : data
              ? ''
              : error
                ? 'The checks must run first.'
                : 'The checks are running.'
        }
      />
    </div>
  )
}
