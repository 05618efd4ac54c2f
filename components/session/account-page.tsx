'use client'
import { useQueryClient } from '@tanstack/react-query'
import { apiClient } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { FieldsForm } from '@/components/session/fields-form'
import { OwnSessions } from '@/components/session/own-sessions'
import { personFields } from '@/components/session/person-fields'
import { Card } from '@/components/ui/card'
import { PageHead } from '@/components/ui/page-head'
import { passwordChangeInput } from '@/lib/domain/inputs'
import type { SessionView } from '@/lib/domain/views'

/** One's own password and sessions. */
export function AccountPage({ user }: { user: NonNullable<SessionView['user']> }) {
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead title="Your account">
        {user.name}, {user.email}: {user.role}.
      </PageHead>
      <div className="grid items-start gap-3 lg:grid-cols-[1fr_360px]">
        <OwnSessions />
        <ChangePassword />
      </div>
    </div>
  )
}

function ChangePassword() {
  const client = useQueryClient()
  return (
    <Card aria-labelledby="password-heading" className="grid gap-3.5 p-4">
      <h2 id="password-heading" className="font-semibold text-md">
        Password
      </h2>
      <FieldsForm
        schema={passwordChangeInput}
        start={{ currentPassword: '', password: '' }}
        fields={[
          { ...personFields.password, name: 'currentPassword', label: 'The one you have now' },
          { ...personFields.newPassword, label: 'The new one' },
        ]}
        submit="Change the password"
        send={async (input) => {
          await apiClient.put('/session/password', input)
          return true
        }}
        onDone={() => client.invalidateQueries({ queryKey: queries.sessions().queryKey })}
        done={() => 'The password is changed. You are signed out in every other browser.'}
      />
    </Card>
  )
}
