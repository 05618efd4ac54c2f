'use client'
import { useMutation } from '@tanstack/react-query'
import { ShieldCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { apiClient } from '@/components/data/api-client'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { Card, CardHead } from '@/components/ui/card'
import { Code, CopyButton } from '@/components/ui/code'
import { ConfirmDialog } from '@/components/ui/dialog'
import type { CreateInput } from '@/lib/domain/inputs'
import type { HostRightsView } from '@/lib/domain/views'

/** What a host's login needs as root for the pair: shown before anything is permitted, installed on request. */
export function HostRights(props: {
  hostId: string
  hostName: string
  create: CreateInput
  onInstalled: () => void
}) {
  const { hostId, hostName, create, onInstalled } = props
  const path = `/hosts/${encodeURIComponent(hostId)}/rights`
  const shown = useMutation({ mutationFn: () => apiClient.post<HostRightsView>(path, { create }) })
  const installed = useMutation({
    mutationFn: () => apiClient.put<undefined>(path, { create }),
    onSuccess: () => {
      shown.reset()
      onInstalled()
    },
  })
  const id = `rights-${hostId}`
  return (
    <Card aria-labelledby={id}>
      <CardHead id={id} title={`What the login needs on ${hostName}`}>
        <Button size="small" busy={shown.isPending} onClick={() => shown.mutate()}>
          <ShieldCheck aria-hidden="true" />
          Show it
        </Button>
      </CardHead>
      <div className="grid gap-3 px-4 py-3.5">
        <p className="text-ink2 text-sm">
          As root only the commands of this pair, written down word for word; no unrestricted sudo.
        </p>
        {shown.data ? (
          <RightsScript
            view={shown.data}
            hostName={hostName}
            act={
              <InstallRights
                hostName={hostName}
                busy={installed.isPending}
                onInstall={() => installed.mutate()}
              />
            }
          />
        ) : null}
        <ProblemNotice error={shown.error ?? installed.error} />
      </div>
    </Card>
  )
}

/** The fragment, and the whole script that installs it; `act`: what may be done about it here. */
export function RightsScript(props: { view: HostRightsView; hostName: string; act: ReactNode }) {
  const { view, hostName } = props
  if (view.installScript === '') return <p role="status">{view.sentence}</p>
  return (
    <div className="grid gap-3">
      <p role="status">{view.sentence}</p>
      <Code className="rounded-lg border border-line p-3">{view.sudoers}</Code>
      <details>
        <summary className="cursor-pointer text-sm">
          The whole script: let an administrator of {hostName} read it and run it there as root
        </summary>
        <div className="relative mt-2 max-h-96 overflow-y-auto rounded-lg border border-line p-3">
          <Code>{view.installScript}</Code>
        </div>
      </details>
      <div className="flex flex-wrap items-center gap-2">
        <CopyButton text={view.installScript} label={`Copy the script for ${hostName}`} />
        {props.act}
      </div>
    </div>
  )
}

export function InstallRights(props: { hostName: string; busy: boolean; onInstall: () => void }) {
  return (
    <ConfirmDialog
      trigger={<Button busy={props.busy}>Install it now…</Button>}
      title={`Install this on ${props.hostName}?`}
      confirm="Install it"
      onConfirm={props.onInstall}
    >
      <p>Runs this very script with the rights that the login has now. visudo checks the fragment first.</p>
      <p>From then on nothing but these commands runs there as root.</p>
    </ConfirmDialog>
  )
}
