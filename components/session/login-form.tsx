'use client'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { apiClient } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { FieldsForm } from '@/components/session/fields-form'
import { personFields } from '@/components/session/person-fields'
import { safeNext } from '@/components/session/safe-next'
import { signInInput } from '@/lib/domain/inputs'
import type { SessionView } from '@/lib/domain/views'

/** Sign in, then on to where one wanted to go. */
export function LoginForm({ next }: { next: string | null }) {
  // Who follows a link from elsewhere comes here even when signed in: the cookie is not sent on a way that begins on another site.
  const { data: session } = useQuery(queries.session())
  useEffect(() => {
    if (session?.user) window.location.replace(safeNext(next))
  }, [session, next])
  return (
    <FieldsForm
      schema={signInInput}
      start={{ email: '', password: '' }}
      fields={[personFields.email, personFields.password]}
      submit="Sign in"
      send={(input) => apiClient.post<SessionView>('/session', input)}
      onDone={() => window.location.assign(safeNext(next))}
      retryAt="password"
    />
  )
}
