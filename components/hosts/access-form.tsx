'use client'
import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type UseFormReturn, useForm } from 'react-hook-form'
import { apiClient, toProblem } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import {
  AuthFields,
  type AuthValues,
  missingSecret,
  noAuth,
  toHostAuth,
} from '@/components/hosts/auth-fields'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { TextField } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import type { Host } from '@/lib/domain/host'
import {
  accessClosedBy,
  afterAccessChange,
  isSameLogin,
  type Login,
  restsOnLogin,
} from '@/lib/domain/host-access'
import { changeAccessInput } from '@/lib/domain/inputs'
import type { ChangedAccessView, PairView } from '@/lib/domain/views'

const shape = changeAccessInput.pick({ address: true, port: true, user: true })
type LoginFields = { address: string; port: unknown; user: string }

/** The whole access of a host, as it is to be. Secrets live in this form's memory only. */
export function AccessForm(props: {
  host: Host
  pair: PairView | null
  onChanged: (view: ChangedAccessView) => void
  onCancel: () => void
}) {
  const { host, pair } = props
  const client = useQueryClient()
  const [auth, setAuth] = useState<AuthValues>({ ...noAuth, kind: host.authKind })
  const { address, port, user } = host
  const form = useForm<LoginFields, unknown, Login>({
    resolver: zodResolver(shape),
    defaultValues: { address, port: String(port), user },
  })
  const sent = useMutation({
    mutationFn: (login: Login) =>
      apiClient.put<ChangedAccessView>(`/hosts/${encodeURIComponent(host.id)}/access`, {
        ...login,
        auth: toHostAuth(auth),
      }),
    onSuccess: async (view) => {
      await client.invalidateQueries({ queryKey: queries.hosts().queryKey })
      props.onChanged(view)
    },
    onError: (error) => showAtFields(error, form),
  })
  const given = form.watch()
  const wanted: Login = { address: given.address.trim(), port: Number(given.port), user: given.user.trim() }
  const closed = whyClosed(host, pair, wanted, auth)
  return (
    <form
      noValidate
      aria-label={`Access to ${host.name}`}
      className="grid grid-cols-1 gap-4 rounded-lg border border-line p-4"
      onChange={() => (sent.isError ? sent.reset() : undefined)}
      onSubmit={form.handleSubmit((login) => (closed === '' ? sent.mutate(login) : undefined))}
    >
      <LoginInputs form={form} host={host} pair={pair} />
      <AuthFields value={auth} kept={host.authKind} onChange={setAuth} />
      <WhatStays host={host} pair={pair} wanted={wanted} />
      <p className="text-ink3 text-sm">
        {host.name} is signed in to this way first. It must show the key that was confirmed and be the same
        machine; else nothing is changed.
      </p>
      <ProblemNotice error={sent.error} />
      <div className="flex flex-wrap items-center gap-3">
        <Button
          type="submit"
          kind="primary"
          busy={sent.isPending}
          disabled={closed !== ''}
          aria-describedby={`why-access-${host.id}`}
        >
          Test access and change it
        </Button>
        <Button onClick={props.onCancel}>Leave it</Button>
        <p id={`why-access-${host.id}`} className="text-ink3 text-sm empty:hidden">
          {closed}
        </p>
      </div>
    </form>
  )
}

function LoginInputs(props: {
  form: UseFormReturn<LoginFields, unknown, Login>
  host: Host
  pair: PairView | null
}) {
  const { form, host, pair } = props
  const { errors } = form.formState
  const ownsFiles = host.privilege === 'unprivileged' && pair !== null && restsOnLogin(pair.pair)
  return (
    <div className="grid gap-3.5 sm:grid-cols-[1fr_1fr_7rem]">
      <TextField
        label="Address"
        mono
        hint="May be another one of the same machine"
        error={errors.address?.message}
        {...form.register('address')}
      />
      <TextField
        label="SSH user"
        mono
        readOnly={ownsFiles}
        hint={ownsFiles ? `Owns the files of ${pair.pair.slug}: it stays` : ''}
        error={errors.user?.message}
        {...form.register('user')}
      />
      <TextField
        label="SSH port"
        mono
        inputMode="numeric"
        error={errors.port?.message}
        {...form.register('port')}
      />
    </div>
  )
}

/** Why it can't be sent; empty when it can. */
function whyClosed(host: Host, pair: PairView | null, wanted: Login, auth: AuthValues): string {
  const isLoginKept = isSameLogin(host, wanted)
  const byOperation = accessClosedBy(pair?.operation ?? null, pair?.pair.slug ?? '', isLoginKept)
  if (byOperation !== null) return byOperation
  if (auth.kind === 'kept' && isLoginKept) return 'Nothing is changed yet.'
  return missingSecret(auth)
}

/** What was set up with the access as it is, told before it is changed. */
function WhatStays({ host, pair, wanted }: { host: Host; pair: PairView | null; wanted: Login }) {
  // What another user may do is known only once it was signed in as; root needs no rights.
  const privilege = wanted.user === host.user ? host.privilege : wanted.user === 'root' ? 'root' : 'sudo'
  const sentences = afterAccessChange(host, { ...wanted, privilege }, pair?.pair ?? null)
  if (sentences.length === 0) return null
  return (
    <Notice tone="warn" title="What this does not change">
      <Sentences of={sentences} />
    </Notice>
  )
}

export function Sentences({ of }: { of: readonly string[] }) {
  return (
    <ul className="grid gap-1 [overflow-wrap:anywhere]">
      {of.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  )
}

/** The sentences of INVALID_INPUT and CONFLICT beside their fields, the first of which gets the focus. */
function showAtFields(error: unknown, form: UseFormReturn<LoginFields, unknown, Login>): void {
  const sentences = toProblem(error).fields ?? {}
  const known = (['address', 'user', 'port'] as const).filter((name) => sentences[name])
  for (const name of known)
    form.setError(name, { message: sentences[name] ?? '' }, { shouldFocus: name === known[0] })
}
