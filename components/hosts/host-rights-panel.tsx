'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { apiClient } from '@/components/data/api-client'
import { InstallRights, RightsScript } from '@/components/hosts/host-rights'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { Code } from '@/components/ui/code'
import { ConfirmDialog } from '@/components/ui/dialog'
import { Pill, type Tone } from '@/components/ui/pill'
import type { Host } from '@/lib/domain/host'
import type { HostRightsView } from '@/lib/domain/views'

const stateWords: Readonly<Record<HostRightsView['state'], readonly [Tone, string]>> = {
  'not-needed': ['quiet', 'not needed'],
  exact: ['ok', 'installed, current'],
  outdated: ['warn', 'not what is needed now'],
  changed: ['bad', 'changed by someone'],
  'other-login': ['bad', 'for another login'],
  unrestricted: ['quiet', 'everything is permitted'],
  none: ['bad', 'missing'],
}

/** What the login of a paired host may do as root, beside what the pair needs there: looked at without being asked. */
export function HostRightsPanel(props: { host: Host; pairSlug: string; isAdministrator: boolean }) {
  const { host, pairSlug: slug } = props
  const path = `/hosts/${encodeURIComponent(host.id)}/rights`
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['host-rights', host.id, slug, host.accessRevision],
    queryFn: () => apiClient.post<HostRightsView>(path, { slug }),
    staleTime: 60_000,
    retry: false,
  })
  const act = useMutation({
    mutationFn: (verb: 'install' | 'remove') =>
      verb === 'install' ? apiClient.put<undefined>(path, { slug }) : apiClient.remove(path, { slug }),
    onSettled: () => refetch(),
  })
  const again = (
    <Button size="small" busy={isFetching} onClick={() => refetch()}>
      Look again
    </Button>
  )
  const [tone, word] = data ? stateWords[data.state] : (['unknown', 'not known'] as const)
  return (
    <details className="rounded-lg border border-line">
      <summary className="flex cursor-pointer flex-wrap items-center gap-2 px-3 py-2 text-sm">
        What {host.user} may do as root on {host.name}
        <Pill tone={tone} size="small">
          {isFetching && !data ? 'looking…' : word}
        </Pill>
      </summary>
      <div className="grid grid-cols-1 gap-3 border-line border-t px-3 py-3">
        <ProblemNotice error={error} action={again} />
        {data ? (
          <>
            <Difference view={data} />
            <RightsScript
              view={data}
              hostName={host.name}
              act={
                props.isAdministrator ? (
                  <>
                    {data.state === 'exact' ? null : (
                      <InstallRights
                        hostName={host.name}
                        busy={act.isPending}
                        onInstall={() => act.mutate('install')}
                      />
                    )}
                    <RemoveRights
                      view={data}
                      host={host}
                      busy={act.isPending}
                      onRemove={() => act.mutate('remove')}
                    />
                    {again}
                  </>
                ) : (
                  <span className="text-ink3 text-sm">An administrator can install or remove it.</span>
                )
              }
            />
          </>
        ) : null}
        <ProblemNotice error={act.error} />
      </div>
    </details>
  )
}

function Difference({ view }: { view: HostRightsView }) {
  if (view.difference === '') return view.fix === '' ? null : <p className="text-sm">{view.fix}</p>
  return (
    <div className="grid gap-2">
      <p className="text-sm">{view.fix}</p>
      <p className="text-sm">
        What is permitted and not needed (−), and what is needed and not permitted (+):
      </p>
      <Code className="max-h-96 overflow-y-auto rounded-lg border border-line p-3">{view.difference}</Code>
    </div>
  )
}

function RemoveRights(props: { view: HostRightsView; host: Host; busy: boolean; onRemove: () => void }) {
  const { view, host } = props
  if (view.state === 'unrestricted' || view.removeScript === '') return null
  return (
    <ConfirmDialog
      trigger={<Button busy={props.busy}>Remove it…</Button>}
      title={`Take away what ${host.user} may do on ${host.name}?`}
      confirm="Take it away"
      kind="danger"
      onConfirm={props.onRemove}
    >
      <p>Runs this with the rights that the login has now; without others nothing of the pair works there:</p>
      <Code>{view.removeScript}</Code>
    </ConfirmDialog>
  )
}
