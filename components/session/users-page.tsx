'use client'
import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { apiClient, toProblem } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { showFieldErrors } from '@/components/session/form-fields'
import { ProblemNotice } from '@/components/session/problem-notice'
import { ProblemPage } from '@/components/session/problem-page'
import { UserItem } from '@/components/session/user-item'
import { Button } from '@/components/ui/button'
import { Card, CardHead } from '@/components/ui/card'
import { SelectField, TextField } from '@/components/ui/field'
import { PageHead } from '@/components/ui/page-head'
import { Skeleton } from '@/components/ui/skeleton'
import { type NewUserInput, newUserInput } from '@/lib/domain/inputs'
import { userRoles } from '@/lib/domain/user'
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

const noUser = { name: '', email: '', password: '', role: 'viewer' } as const

function AddUser() {
  const client = useQueryClient()
  const form = useForm<NewUserInput>({ resolver: zodResolver(newUserInput), defaultValues: noUser })
  const added = useMutation({
    mutationFn: (input: NewUserInput) => apiClient.post<UserView>('/users', input),
    onSuccess: () => {
      form.reset(noUser)
      return client.invalidateQueries({ queryKey: queries.users().queryKey })
    },
    onError: (error) => showFieldErrors(error, ['name', 'email', 'password', 'role'], form.setError),
  })
  const { errors } = form.formState
  return (
    <Card aria-labelledby="add-user-heading" className="p-4">
      <form noValidate className="grid gap-3.5" onSubmit={form.handleSubmit((input) => added.mutate(input))}>
        <h2 id="add-user-heading" className="font-semibold text-md">
          Add a user
        </h2>
        <TextField label="Name" error={errors.name?.message} {...form.register('name')} />
        <TextField label="E-mail" type="email" error={errors.email?.message} {...form.register('email')} />
        <SelectField
          label="Role"
          error={errors.role?.message}
          hint={roleWords[form.watch('role')]}
          {...form.register('role')}
        >
          {userRoles.map((role) => (
            <option key={role} value={role}>
              {role}
            </option>
          ))}
        </SelectField>
        <TextField
          label="First password"
          type="password"
          autoComplete="new-password"
          hint="At least 12 characters; hand it over in person."
          error={errors.password?.message}
          {...form.register('password')}
        />
        <ProblemNotice error={added.error} />
        <Button type="submit" kind="primary" busy={added.isPending}>
          Add the user
        </Button>
        <p role="status" className="text-ok text-sm empty:hidden">
          {added.data ? `${added.data.name} can sign in now.` : ''}
        </p>
      </form>
    </Card>
  )
}
