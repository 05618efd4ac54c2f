'use client'
import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { apiClient } from '@/components/data/api-client'
import { showFieldErrors } from '@/components/session/form-fields'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { TextField } from '@/components/ui/field'
import { type SetupInput, setupInput } from '@/lib/domain/inputs'
import type { SessionView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

/** The first administrator, proved by the one-time code that the start printed. */
export function SetupForm({ code }: { code: string | null }) {
  const form = useForm<SetupInput>({
    resolver: zodResolver(setupInput),
    defaultValues: { code: code ?? '', name: '', email: '', password: '' },
  })
  const setup = useMutation({
    mutationFn: (input: SetupInput) => apiClient.post<SessionView>('/setup', input),
    onSuccess: () => window.location.assign(routes.home()),
    onError: (error) => showFieldErrors(error, ['code', 'name', 'email', 'password'], form.setError),
  })
  const { errors } = form.formState
  return (
    <form
      noValidate
      className="grid grid-cols-1 gap-4"
      onSubmit={form.handleSubmit((input) => setup.mutate(input))}
    >
      <TextField
        label="One-time code"
        mono
        hint="Printed where the dashboard was started, and in its log."
        error={errors.code?.message}
        {...form.register('code')}
      />
      <TextField
        label="Your name"
        autoComplete="name"
        error={errors.name?.message}
        {...form.register('name')}
      />
      <TextField
        label="E-mail"
        type="email"
        autoComplete="username"
        hint="You sign in with it; nothing is sent to it."
        error={errors.email?.message}
        {...form.register('email')}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        hint="At least 12 characters; a few words are good."
        error={errors.password?.message}
        {...form.register('password')}
      />
      <ProblemNotice error={setup.error} />
      <Button type="submit" kind="primary" busy={setup.isPending || setup.isSuccess}>
        Become the first administrator
      </Button>
    </form>
  )
}
