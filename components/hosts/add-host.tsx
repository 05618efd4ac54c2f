'use client'
import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { type HostToRegister, RegisterHost } from '@/components/hosts/register-host'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { TextField } from '@/components/ui/field'
import { registerHostInput } from '@/lib/domain/inputs'

const shape = registerHostInput.pick({ name: true, address: true, port: true, user: true })
const noHost: HostToRegister = { name: '', address: '', port: '22', user: 'root' }

/** Register a host outside of the create wizard. */
export function AddHost() {
  const [host, setHost] = useState<HostToRegister | null>(null)
  const [added, setAdded] = useState('')
  const form = useForm({
    resolver: zodResolver(shape),
    defaultValues: { ...noHost, port: noHost.port as unknown },
  })
  const { errors } = form.formState
  return (
    <Card aria-labelledby="add-host-heading" className="grid gap-4 p-4">
      <h2 id="add-host-heading" className="font-semibold text-md">
        Register a host
      </h2>
      {host ? (
        <>
          <div className="flex flex-wrap items-center justify-between gap-2">
            <p className="font-mono text-sm">
              {host.name}: {host.user}@{host.address}:{host.port}
            </p>
            <Button size="small" onClick={() => setHost(null)}>
              Change
            </Button>
          </div>
          <RegisterHost
            host={host}
            onRegistered={(registered) => {
              setAdded(registered.name)
              setHost(null)
              form.reset(noHost)
            }}
          />
        </>
      ) : (
        <form
          noValidate
          className="grid gap-3.5 sm:grid-cols-2"
          onSubmit={form.handleSubmit((values) => setHost({ ...values, port: String(values.port) }))}
        >
          <TextField
            label="Address"
            mono
            hint="IPv4 or IPv6, not a name"
            error={errors.address?.message}
            {...form.register('address')}
          />
          <TextField label="Name" hint="Short" error={errors.name?.message} {...form.register('name')} />
          <TextField label="SSH user" mono error={errors.user?.message} {...form.register('user')} />
          <TextField
            label="SSH port"
            mono
            inputMode="numeric"
            error={errors.port?.message}
            {...form.register('port')}
          />
          <div className="sm:col-span-2">
            <Button type="submit" kind="primary">
              Continue
            </Button>
          </div>
        </form>
      )}
      <p role="status" className="text-ok text-sm empty:hidden">
        {added ? `${added} is registered.` : ''}
      </p>
    </Card>
  )
}
