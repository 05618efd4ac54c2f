'use client'
import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useForm } from 'react-hook-form'
import { apiClient } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { ProblemNotice } from '@/components/session/problem-notice'
import { safeNext } from '@/components/session/safe-next'
import { Button } from '@/components/ui/button'
import { TextField } from '@/components/ui/field'
import { type SignInInput, signInInput } from '@/lib/domain/inputs'
import type { SessionView } from '@/lib/domain/views'

/** Sign in, then on to where one wanted to go. */
export function LoginForm({ next }: { next: string | null }) {
  const form = useForm<SignInInput>({ resolver: zodResolver(signInInput), mode: 'onSubmit' })
  const signIn = useMutation({
    mutationFn: (input: SignInInput) => apiClient.post<SessionView>('/session', input),
    onSuccess: () => window.location.assign(safeNext(next)),
    onError: () => form.setFocus('password'),
  })
  const { errors } = form.formState
  // Who follows a link from elsewhere comes here even when signed in: the cookie is not sent on a way that begins on another site.
  const { data: session } = useQuery(queries.session())
  useEffect(() => {
    if (session?.user) window.location.replace(safeNext(next))
  }, [session, next])
  return (
    <form
      noValidate
      className="grid grid-cols-1 gap-4"
      onSubmit={form.handleSubmit((input) => signIn.mutate(input))}
    >
      <TextField
        label="E-mail"
        type="email"
        autoComplete="username"
        error={errors.email?.message}
        {...form.register('email')}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="current-password"
        error={errors.password?.message}
        {...form.register('password')}
      />
      <ProblemNotice error={signIn.error} />
      <Button type="submit" kind="primary" busy={signIn.isPending || signIn.isSuccess}>
        Sign in
      </Button>
    </form>
  )
}
