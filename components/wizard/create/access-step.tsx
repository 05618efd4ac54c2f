'use client'
import { useQuery } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import { apiClient, toProblem } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { Fingerprint } from '@/components/hosts/fingerprint'
import { RegisterHost } from '@/components/hosts/register-host'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { Skeleton } from '@/components/ui/skeleton'
import type { StepProps } from '@/components/wizard/create/create-wizard'
import { WizardFooter } from '@/components/wizard/wizard-footer'
import type { Host } from '@/lib/domain/host'
import type { Role } from '@/lib/domain/pair'
import type { HostKeyView } from '@/lib/domain/views'

/** The second step: each host is recognised by its key, then access to it is proved. */
export function AccessStep({ answers, draft }: StepProps) {
  const { data: hosts } = useQuery(queries.hosts())
  const missing = (['primary', 'standby'] as const).filter((role) => !answers[role].hostId)
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="grid items-start gap-3 lg:grid-cols-2">
        {(['primary', 'standby'] as const).map((role) => {
          const choice = answers[role]
          const host = hosts?.find((each) => each.id === choice.hostId)
          return (
            <Card key={role} className="grid gap-3 p-4" aria-label={titleOf(role)}>
              <div>
                <p className="font-[650] text-2xs text-ink3 uppercase tracking-[0.06em]">{titleOf(role)}</p>
                <h3 className="font-semibold text-md">{host?.name ?? choice.name}</h3>
                <p className="font-mono text-ink2 text-xs">
                  {host
                    ? `${host.user}@${host.address}:${host.port}`
                    : `${choice.user}@${choice.address}:${choice.port}`}
                </p>
              </div>
              {host ? <Registered host={host} /> : null}
              {!host && choice.hostId ? <Skeleton className="h-16" /> : null}
              {choice.hostId ? null : (
                <RegisterHost
                  key={`${choice.address}:${choice.port}`}
                  host={choice}
                  onRegistered={(registered) =>
                    draft.change({ [role]: { ...choice, hostId: registered.id } })
                  }
                />
              )}
            </Card>
          )
        })}
      </div>
      <WizardFooter
        onBack={() => draft.go('hosts')}
        onNext={() => draft.go('found')}
        closedBecause={
          missing.length > 0 ? `Prove access to ${missing.map(nameOf).join(' and ')} first.` : ''
        }
      />
    </div>
  )

  function nameOf(role: Role) {
    return answers[role].name || `the ${role}`
  }
}

const titleOf = (role: Role) => (role === 'primary' ? 'Primary' : 'Standby')

/** A host that is known: asked anew whether it still shows the key that was confirmed. */
function Registered({ host }: { host: Host }) {
  const { data, error } = useQuery({
    queryKey: ['host-key', host.id],
    queryFn: ({ signal }) => apiClient.get<HostKeyView>(`/hosts/${encodeURIComponent(host.id)}/key`, signal),
  })
  if (error) {
    const problem = toProblem(error)
    return (
      <Notice tone="bad" title={problem.message}>
        {problem.fix}
      </Notice>
    )
  }
  if (!data) return <Skeleton className="h-12" />
  if (data.pinnedFingerprint !== data.fingerprint) return <Fingerprint view={data} name={host.name} />
  return (
    <p className="flex items-start gap-2 text-sm">
      <CircleCheck className="mt-0.5 size-4 shrink-0 text-ok" aria-hidden="true" />
      <span>
        Registered, and shows the key that was confirmed:{' '}
        <span className="font-mono text-ink2 text-xs [overflow-wrap:anywhere]">{data.fingerprint}</span>
      </span>
    </p>
  )
}
