'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleCheck, KeyRound, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { apiClient } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { Sentences } from '@/components/hosts/access-form'
import { authWords } from '@/components/hosts/auth-fields'
import { ChangeAccess, ChangeAccessButton, useChangeAccess } from '@/components/hosts/change-access'
import { Fingerprint } from '@/components/hosts/fingerprint'
import { HostRightsPanel } from '@/components/hosts/host-rights-panel'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { linkClass } from '@/components/ui/link-class'
import { Notice } from '@/components/ui/notice'
import type { Host } from '@/lib/domain/host'
import type { ChangedAccessView, HostKeyView, PairView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

const privilegeWords = { root: 'root', sudo: 'sudo', unprivileged: 'unprivileged' } as const

export function HostItem(props: { host: Host; pair: PairView | null; isAdministrator: boolean }) {
  const { host } = props
  const pairSlug = props.pair?.pair.slug ?? null
  const change = useChangeAccess()
  const client = useQueryClient()
  const path = `/hosts/${encodeURIComponent(host.id)}`
  const key = useMutation({ mutationFn: () => apiClient.get<HostKeyView>(`${path}/key`) })
  const accepted = useMutation({
    mutationFn: (view: HostKeyView) =>
      apiClient.put<ChangedAccessView>(`${path}/key`, {
        oldFingerprint: view.pinnedFingerprint,
        newFingerprint: view.fingerprint,
      }),
    onSuccess: () => {
      key.reset()
      return client.invalidateQueries({ queryKey: queries.hosts().queryKey })
    },
  })
  const removed = useMutation({
    mutationFn: () => apiClient.remove(path),
    onSuccess: () => client.invalidateQueries({ queryKey: queries.hosts().queryKey }),
  })
  const isChanged = key.data !== undefined && key.data.pinnedFingerprint !== key.data.fingerprint
  return (
    <li className="grid gap-2.5 border-line border-b px-4 py-3.5 last:border-b-0">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h3 className="font-[600] text-md">{host.name}</h3>
          <p className="font-mono text-ink2 text-xs">
            {host.user}@{host.address}:{host.port}
          </p>
          <p className="text-ink3 text-sm">
            {authWords[host.authKind]} ·{' '}
            {host.privilege ? privilegeWords[host.privilege] : 'rights not known'} ·{' '}
            {pairSlug ? (
              <Link href={routes.pair(pairSlug)} className={linkClass}>
                {pairSlug}
              </Link>
            ) : (
              'in no pair'
            )}
          </p>
        </div>
        {props.isAdministrator ? (
          <div className="flex flex-wrap gap-2">
            <Button
              size="small"
              busy={key.isPending}
              aria-label={`Check the key of ${host.name}`}
              onClick={() => key.mutate()}
            >
              <KeyRound aria-hidden="true" />
              Check key
            </Button>
            <ChangeAccessButton change={change} hostName={host.name} />
            <RemoveHost
              host={host}
              pairSlug={pairSlug}
              busy={removed.isPending}
              onRemove={() => removed.mutate()}
            />
          </div>
        ) : null}
      </div>
      <p className="font-mono text-ink2 text-xs [overflow-wrap:anywhere]">
        {host.hostKeyFingerprint ?? 'no key confirmed'}
      </p>
      {key.data && !isChanged ? (
        <p role="status" className="flex items-center gap-1.5 text-ok text-sm">
          <CircleCheck className="size-4" aria-hidden="true" />
          It shows the key that was confirmed.
        </p>
      ) : null}
      {key.data && isChanged ? (
        <ChangedKey view={key.data} name={host.name} onAccept={() => key.data && accepted.mutate(key.data)} />
      ) : null}
      {accepted.data && !key.data ? <AcceptedKey view={accepted.data} /> : null}
      <ChangeAccess change={change} host={host} pair={props.pair} />
      {pairSlug && host.privilege === 'sudo' ? (
        <HostRightsPanel host={host} pairSlug={pairSlug} isAdministrator={props.isAdministrator} />
      ) : null}
      <ProblemNotice error={key.error ?? accepted.error ?? removed.error} />
    </li>
  )
}

/** What still knows the old key. */
function AcceptedKey({ view: { host, notes } }: { view: ChangedAccessView }) {
  return (
    <Notice
      tone={notes.length === 0 ? 'ok' : 'warn'}
      role="status"
      title={`The new key of ${host.name} is pinned.`}
    >
      {notes.length === 0 ? null : <Sentences of={notes} />}
    </Notice>
  )
}

function ChangedKey(props: { view: HostKeyView; name: string; onAccept: () => void }) {
  return (
    <div className="grid justify-items-start gap-3">
      <Fingerprint view={props.view} name={props.name} />
      <ConfirmDialog
        trigger={<Button kind="danger">Accept the new key…</Button>}
        title={`Accept another key for ${props.name}?`}
        confirm="It is the same host: accept"
        kind="danger"
        onConfirm={props.onAccept}
      >
        <p>
          Only if you know why it changed and have compared the new fingerprint on the host’s own console.
        </p>
      </ConfirmDialog>
    </div>
  )
}

function RemoveHost(props: { host: Host; pairSlug: string | null; busy: boolean; onRemove: () => void }) {
  const { host, pairSlug } = props
  const id = `why-remove-${host.id}`
  if (pairSlug)
    return (
      <span className="flex items-center gap-2">
        <Button size="small" disabled aria-label={`Remove ${host.name}`} aria-describedby={id}>
          <Trash2 aria-hidden="true" />
          Remove
        </Button>
        <span id={id} className="text-ink3 text-xs">
          a pair uses it
        </span>
      </span>
    )
  return (
    <ConfirmDialog
      trigger={
        <Button size="small" busy={props.busy} aria-label={`Remove ${host.name}…`}>
          <Trash2 aria-hidden="true" />
          Remove…
        </Button>
      }
      title={`Forget ${host.name}?`}
      confirm="Forget it"
      kind="danger"
      onConfirm={props.onRemove}
    >
      <p>
        Its access and its confirmed key are removed from the dashboard. Nothing changes on the host itself.
      </p>
    </ConfirmDialog>
  )
}
