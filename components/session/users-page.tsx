'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { apiClient, toProblem } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { FieldsForm } from '@/components/session/fields-form'
import { personFields } from '@/components/session/person-fields'
import { ProblemPage } from '@/components/session/problem-page'
import { UserItem } from '@/components/session/user-item'
import { Card, CardHead } from '@/components/ui/card'
import { PageHead } from '@/components/ui/page-head'
import { Skeleton } from '@/components/ui/skeleton'
import { newUserInput } from '@/lib/domain/inputs'
import { type UserRole, userRoles } from '@/lib/domain/user'
import type { UserView } from '@/lib/domain/views'

const roleWords = {
  viewer: 'Looks at everything, changes nothing.',
  operator: 'Also promotes, and cancels, resumes and undoes operations.',
  administrator: 'Also registers hosts, creates pairs and manages users.',
} as const

/** Who may sign in, and as what. */
export function UsersPage({ selfId }: { selfId: string }) {
  const { data, error, refetch } = useQuery(queries.users())
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead title="Users">Each role may do what the one before it may.</PageHead>
      {error ? <ProblemPage problem={toProblem(error)} onRetry={() => refetch()} /> : null}
      {!data && !error ? <Skeleton className="h-60" /> : null}
      {data ? (
        <div className="grid items-start gap-3 lg:grid-cols-[1fr_360px]">
          <Card aria-labelledby="users-heading">
            <CardHead id="users-heading" title="Users">
              {data.length}
            </CardHead>
            <ul>
              {data.map((user) => (
                <UserItem key={user.id} user={user} isSelf={user.id === selfId} />
              ))}
            </ul>
          </Card>
          <AddUser />
        </div>
      ) : null}
    </div>
  )
}

const isRole = (value: string): value is UserRole => userRoles.some((role) => role === value)

function AddUser() {
  const client = useQueryClient()
  return (
    <Card aria-labelledby="add-user-heading" className="grid gap-3.5 p-4">
      <h2 id="add-user-heading" className="font-semibold text-md">
        Add a user
      </h2>
      <FieldsForm
        schema={newUserInput}
        start={{ name: '', email: '', password: '', role: 'viewer' }}
        fields={[
          { name: 'name', label: 'Name' },
          { ...personFields.email, autoComplete: 'off' },
          {
            name: 'role',
            label: 'Role',
            options: userRoles,
            hint: (role) => (isRole(role) ? roleWords[role] : ''),
          },
          {
            ...personFields.newPassword,
            label: 'First password',
            hint: 'At least 12 characters; hand it over in person.',
          },
        ]}
        submit="Add the user"
        send={(input) => apiClient.post<UserView>('/users', input)}
        onDone={() => client.invalidateQueries({ queryKey: queries.users().queryKey })}
        done={(user) => `${user.name} can sign in now.`}
      />
    </Card>
  )
}
