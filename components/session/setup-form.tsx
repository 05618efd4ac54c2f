'use client'
import { apiClient } from '@/components/data/api-client'
import { FieldsForm } from '@/components/session/fields-form'
import { personFields } from '@/components/session/person-fields'
import { setupInput } from '@/lib/domain/inputs'
import type { SessionView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

/** The first administrator, proved by the one-time code that the start printed. */
export function SetupForm({ code }: { code: string | null }) {
  return (
    <FieldsForm
      schema={setupInput}
      start={{ code: code ?? '', name: '', email: '', password: '' }}
      fields={[
        {
          name: 'code',
          label: 'One-time code',
          mono: true,
          hint: 'Printed where the dashboard was started, and in its log.',
        },
        { name: 'name', label: 'Your name', autoComplete: 'name' },
        { ...personFields.email, hint: 'You sign in with it; nothing is sent to it.' },
        personFields.newPassword,
      ]}
      submit="Become the first administrator"
      send={(input) => apiClient.post<SessionView>('/setup', input)}
      onDone={() => window.location.assign(routes.home())}
    />
  )
}
