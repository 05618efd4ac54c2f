'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { apiClient } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import {
  AuthFields,
  type AuthValues,
  missingSecret,
  noAuth,
  toHostAuth,
} from '@/components/hosts/auth-fields'
import { Fingerprint } from '@/components/hosts/fingerprint'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { CheckboxField } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import type { Host } from '@/lib/domain/host'
import type { AccessTestView, HostKeyView } from '@/lib/domain/views'

export type HostToRegister = {
  readonly name: string
  readonly address: string
  readonly port: string
  readonly user: string
}

/** Recognise the host, then prove who we are: nothing is sent to a host whose key was not confirmed. */
export function RegisterHost(props: { host: HostToRegister; onRegistered: (host: Host) => void }) {
  const { host } = props
  const [confirmed, setConfirmed] = useState<string | null>(null)
  const key = useMutation({
    mutationFn: () => apiClient.post<HostKeyView>('/hosts/key', { address: host.address, port: host.port }),
    onSuccess: () => setConfirmed(null),
  })
  const shown = key.data
  return (
    <div className="grid grid-cols-1 gap-3">
      {shown ? (
        <div className="grid gap-2.5">
          <Fingerprint view={shown} name={host.name} />
          <CheckboxField
            label="I have compared it: it is this host’s"
            checked={confirmed === shown.fingerprint}
            onChange={(event) => setConfirmed(event.target.checked ? shown.fingerprint : null)}
          />
        </div>
      ) : (
        <div className="flex flex-wrap items-center gap-3">
          <Button kind="primary" busy={key.isPending} onClick={() => key.mutate()}>
            Read {host.name}’s key
          </Button>
          <p className="text-ink3 text-sm">Nothing is sent to the host yet.</p>
        </div>
      )}
      <ProblemNotice error={key.error} />
      {shown && confirmed === shown.fingerprint ? (
        <ProveAccess {...props} fingerprint={shown.fingerprint} />
      ) : null}
    </div>
  )
}

function ProveAccess(props: {
  host: HostToRegister
  fingerprint: string
  onRegistered: (host: Host) => void
}) {
  const client = useQueryClient()
  const [auth, setAuth] = useState<AuthValues>(noAuth)
  const tested = useMutation({
    mutationFn: async () => {
      const { name, ...access } = props.host
      const body = { ...access, fingerprint: props.fingerprint, auth: toHostAuth(auth) }
      const view = await apiClient.post<AccessTestView>('/hosts/test', body)
      const host = await apiClient.post<Host>('/hosts', { ...body, name })
      return { view, host }
    },
    onSuccess: async ({ host }) => {
      await client.invalidateQueries({ queryKey: queries.hosts().queryKey })
      props.onRegistered(host)
    },
  })
  const missing = missingSecret(auth)
  return (
    <form
      className="grid grid-cols-1 gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (!missing) tested.mutate()
      }}
    >
      <AuthFields value={auth} onChange={setAuth} />
      <div className="flex flex-wrap items-center gap-3">
        <Button
          type="submit"
          kind="primary"
          busy={tested.isPending}
          disabled={missing !== ''}
          aria-describedby="why-register"
        >
          Test access and register {props.host.name}
        </Button>
        <p id="why-register" className="text-ink3 text-sm empty:hidden">
          {missing}
        </p>
      </div>
      <ProblemNotice error={tested.error} />
      {tested.data ? <AccessResult view={tested.data.view} /> : null}
    </form>
  )
}

const rights = {
  root: 'logged in as root',
  sudo: 'may use sudo without a password',
  unprivileged: 'an ordinary user that owns the application itself',
} as const

function AccessResult({ view }: { view: AccessTestView }) {
  return (
    <Notice tone="ok" role="status" title={`Access works: ${view.hostname ?? 'the host'} answered.`}>
      {[view.operatingSystem, view.privilege ? rights[view.privilege] : ''].filter(Boolean).join(' · ')}
    </Notice>
  )
}
