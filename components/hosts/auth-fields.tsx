'use client'
import { Choice } from '@/components/ui/choice'
import { TextareaField, TextField } from '@/components/ui/field'
import type { AuthKind } from '@/lib/domain/host'
import type { HostAuth } from '@/lib/domain/inputs'

/** What is being typed; lives in the page's memory only. */
export type AuthValues = {
  /** `kept`: what a registered host is signed in to with now. */
  readonly kind: AuthKind | 'kept'
  readonly privateKey: string
  readonly passphrase: string
  readonly password: string
}

export const noAuth: AuthValues = { kind: 'key', privateKey: '', passphrase: '', password: '' }

/** As the verbs take it; null for what is kept. */
export function toHostAuth(values: AuthValues): HostAuth | null {
  if (values.kind === 'kept') return null
  if (values.kind === 'key')
    return { kind: 'key', privateKey: values.privateKey, passphrase: values.passphrase || null }
  return values.kind === 'password' ? { kind: 'password', password: values.password } : { kind: 'agent' }
}

/** Why it can't be sent yet; empty when it can. */
export function missingSecret(auth: AuthValues): string {
  if (auth.kind === 'key' && auth.privateKey.trim() === '') return 'Paste the private key first.'
  if (auth.kind === 'password' && auth.password === '') return 'Give the password first.'
  return ''
}

export const authWords = { key: 'private key', password: 'password', agent: 'SSH agent' } as const

const options = [
  { value: 'key', label: 'Private key', hint: 'kept encrypted in the store' },
  { value: 'password', label: 'Password', hint: 'kept encrypted in the store' },
  { value: 'agent', label: 'SSH agent', hint: 'of the dashboard’s own machine' },
] as const

const keptOption = (kept: AuthKind) =>
  ({ value: 'kept', label: 'As now', hint: `the ${authWords[kept]} that is known` }) as const

/** How we prove who we are to a host; `kept`: what a registered one is signed in to with now, which may stay. */
export function AuthFields(props: {
  value: AuthValues
  kept?: AuthKind
  onChange: (value: AuthValues) => void
}) {
  const { value, kept, onChange } = props
  return (
    <div className="grid grid-cols-1 gap-3">
      <Choice<AuthValues['kind']>
        legend="How to sign in to it"
        columns
        value={value.kind}
        options={kept ? [...options, keptOption(kept)] : options}
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
