'use client'
import { Choice } from '@/components/ui/choice'
import { TextareaField, TextField } from '@/components/ui/field'
import type { AuthKind } from '@/lib/domain/host'
import type { HostAuth } from '@/lib/domain/inputs'

/** What is being typed; lives in the page's memory only. */
export type AuthValues = {
  readonly kind: AuthKind
  readonly privateKey: string
  readonly passphrase: string
  readonly password: string
}

export const noAuth: AuthValues = { kind: 'key', privateKey: '', passphrase: '', password: '' }

export function toHostAuth(values: AuthValues): HostAuth {
  if (values.kind === 'key')
    return { kind: 'key', privateKey: values.privateKey, passphrase: values.passphrase || null }
  return values.kind === 'password' ? { kind: 'password', password: values.password } : { kind: 'agent' }
}

const options = [
  { value: 'key', label: 'Private key', hint: 'kept encrypted in the store' },
  { value: 'password', label: 'Password', hint: 'kept encrypted in the store' },
  { value: 'agent', label: 'SSH agent', hint: 'of the dashboard’s own machine' },
] as const

/** How we prove who we are to a host. */
export function AuthFields(props: { value: AuthValues; onChange: (value: AuthValues) => void }) {
  const { value, onChange } = props
  return (
    <div className="grid grid-cols-1 gap-3">
      <Choice<AuthKind>
        legend="How to sign in to it"
        columns
        value={value.kind}
        options={options}
        onChange={(kind) => onChange({ ...value, kind })}
      />
      {value.kind === 'key' ? (
        <div className="grid grid-cols-1 gap-3">
          <TextareaField
            label="Private key"
            mono
            rows={6}
            value={value.privateKey}
            placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
            onChange={(event) => onChange({ ...value, privateKey: event.target.value })}
          />
          <TextField
            label="Passphrase"
            type="password"
            hint="Leave it empty if the key has none."
            value={value.passphrase}
            onChange={(event) => onChange({ ...value, passphrase: event.target.value })}
          />
        </div>
      ) : null}
      {value.kind === 'password' ? (
        <TextField
          label="Password"
          type="password"
          value={value.password}
          onChange={(event) => onChange({ ...value, password: event.target.value })}
        />
      ) : null}
      {value.kind === 'agent' ? (
        <p className="text-ink2 text-sm">
          The dashboard’s process must have been started with SSH_AUTH_SOCK set.
        </p>
      ) : null}
    </div>
  )
}
