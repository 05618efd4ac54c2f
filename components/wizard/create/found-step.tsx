'use client'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { apiClient } from '@/components/data/api-client'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { SelectField } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import { Skeleton } from '@/components/ui/skeleton'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import type { StepProps } from '@/components/wizard/create/create-wizard'
import { WizardFooter } from '@/components/wizard/wizard-footer'
import type { FoundFact, FoundView } from '@/lib/domain/views'

/** Seldom needed: the step is not to wait for its script. */
const ObserveCard = lazy(async () => ({
  default: (await import('@/components/adopt/observe-card')).ObserveCard,
}))

/** The third step: the same questions asked of both hosts; nothing is changed. */
export function FoundStep({ answers, draft, profiles, hostNames }: StepProps) {
  const hosts = { primary: answers.primary.hostId, standby: answers.standby.hostId }
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['found', answers.profileId, hosts],
    queryFn: () => apiClient.post<FoundView>('/create/found', { profileId: answers.profileId, hosts }),
    enabled: answers.profileId !== '',
    staleTime: 30_000,
  })
  return (
    <div className="grid grid-cols-1 gap-4">
      <SelectField
        label="Looked at as"
        className="max-w-sm"
        hint="The profile says where the application keeps its things."
        value={answers.profileId}
        onChange={(event) =>
          draft.change({ profileId: event.target.value, directories: null, walKeepSegments: null })
        }
      >
        {profiles.map((profile) => (
          <option key={profile.id} value={profile.id}>
            {profile.title}
          </option>
        ))}
      </SelectField>
      <ProblemNotice error={error} action={<Button onClick={() => refetch()}>Look again</Button>} />
      {data && isWithoutPostgres(data) ? (
        <Notice
          tone="warn"
          title={`No PostgreSQL answers on ${hostNames.primary} where this profile looks for it.`}
        >
          Choose the profile of the application that runs there, or start its PostgreSQL.
        </Notice>
      ) : null}
      {data?.isStandby && hosts.primary && hosts.standby ? (
        <Suspense>
          <ObserveCard
            input={{
              profileId: answers.profileId,
              hosts: { primary: hosts.primary, standby: hosts.standby },
            }}
            hostNames={hostNames}
          />
        </Suspense>
      ) : null}
      {data ? <FoundTable facts={data.facts} hostNames={hostNames} /> : null}
      {!data && isFetching ? (
        <div aria-busy="true">
          <p role="status" className="mb-2 text-ink2">
            Asking both hosts…
          </p>
          <Skeleton className="h-80" />
        </div>
      ) : null}
      <WizardFooter
        onBack={() => draft.go('access')}
        onNext={() => draft.go('profile', { profileId: answers.profileId })}
        closedBecause={data ? '' : error ? 'Both hosts must answer first.' : 'The hosts are being asked.'}
      />
    </div>
  )
}

const isWithoutPostgres = ({ facts }: FoundView): boolean =>
  facts.some(({ id, values }) => id === 'postgres-version' && values.primary === null)

function FoundTable({ facts, hostNames }: { facts: readonly FoundFact[] } & Pick<StepProps, 'hostNames'>) {
  return (
    <Card className="overflow-x-auto">
      <Table aria-label="What was found on both hosts">
        <thead>
          <tr>
            <Th className="pl-4">Fact</Th>
            <Th>{hostNames.primary} (primary)</Th>
            <Th className="pr-4">{hostNames.standby} (standby)</Th>
          </tr>
        </thead>
        <tbody>
          {facts.map((fact) => (
            <Tr key={fact.id}>
              <th scope="row" className="py-2.5 pr-3 pl-4 text-left align-top font-[550]">
                {fact.title}
                {fact.note ? <span className="block font-normal text-warn text-xs">{fact.note}</span> : null}
              </th>
              <Td className="align-top [overflow-wrap:anywhere]">{fact.values.primary ?? <Unknown />}</Td>
              <Td className="pr-4 align-top [overflow-wrap:anywhere]">
                {fact.values.standby ?? <Unknown />}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  )
}

const Unknown = () => <span className="text-ink3">not readable</span>
