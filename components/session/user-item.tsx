'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { apiClient } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { useNow } from '@/components/data/use-now'
import { FieldsForm } from '@/components/session/fields-form'
import { personFields } from '@/components/session/person-fields'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { SelectField } from '@/components/ui/field'
import { formatListInstant } from '@/lib/domain/format-instant'
import { newPasswordInput } from '@/lib/domain/inputs'
import { type UserRole, userRoles } from '@/lib/domain/user'
import type { UserView } from '@/lib/domain/views'

export function UserItem({ user, isSelf }: { user: UserView; isSelf: boolean }) {
  const client = useQueryClient()
  const now = useNow()
  const path = `/users/${encodeURIComponent(user.id)}`
  const changed = useMutation({
    mutationFn: (role: UserRole) => apiClient.put<UserView>(`${path}/role`, { role }),
    onSuccess: () => client.invalidateQueries({ queryKey: queries.users().queryKey }),
  })
  const ended = useMutation({ mutationFn: () => apiClient.remove(`${path}/sessions`) })
  return (
    <li className="grid items-center gap-x-4 gap-y-2 border-line border-b px-4 py-3 last:border-b-0 sm:grid-cols-[1fr_11rem_auto]">
      <div className="min-w-0">
        <p className="font-[570]">
          {user.name}
          {isSelf ? <span className="font-normal text-ink3"> (you)</span> : null}
        </p>
        <p className="text-ink3 text-sm [overflow-wrap:anywhere]">
          {user.email} · since {formatListInstant(user.createdAt, now)}
        </p>
      </div>
      <SelectField
        label={<span className="sr-only">Role of {user.name}</span>}
        value={user.role}
        disabled={isSelf || changed.isPending}
        hint={isSelf ? 'Another administrator can change it.' : ''}
        onChange={(event) => {
          const role = userRoles.find((each) => each === event.target.value)
          if (role) changed.mutate(role)
        }}
      >
        {userRoles.map((role) => (
          <option key={role} value={role}>
            {role}
          </option>
        ))}
      </SelectField>
      <ConfirmDialog
        trigger={
          <Button size="small" busy={ended.isPending} aria-label={`Sign ${user.name} out everywhere…`}>
            Sign out everywhere…
          </Button>
        }
        title={`Sign ${user.name} out everywhere?`}
        confirm="Sign out everywhere"
        onConfirm={() => ended.mutate()}
      >
        <p>Every browser in which they are signed in asks for the password again.</p>
      </ConfirmDialog>
      <div className="sm:col-span-3">
        <ProblemNotice error={changed.error ?? ended.error} />
        <p role="status" className="text-ok text-sm empty:hidden">
          {ended.isSuccess ? 'Signed out everywhere.' : ''}
        </p>
        {isSelf ? null : <ForgottenPassword user={user} />}
      </div>
    </li>
  )
}

/** For who has forgotten theirs; one's own is changed with the password that one has. */
function ForgottenPassword({ user }: { user: UserView }) {
  return (
    <details>
      <summary className="w-fit cursor-pointer text-ink2 text-sm">
        {user.name} has forgotten the password
      </summary>
      <div className="max-w-80 pt-3">
        <FieldsForm
          schema={newPasswordInput}
          start={{ password: '' }}
          fields={[
            {
              ...personFields.newPassword,
              label: `Another password for ${user.name}`,
              hint: 'At least 12 characters; hand it over in person. They are signed out everywhere.',
            },
          ]}
          submit="Set this password"
          send={async (input) => {
            await apiClient.put(`/users/${encodeURIComponent(user.id)}/password`, input)
            return true
          }}
          done={() => `${user.name} can sign in with it now.`}
        />
      </div>
    </details>
  )
}
