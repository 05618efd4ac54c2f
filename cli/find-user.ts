import type { UserView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import type { ServiceContext } from '@/lib/services/context'
import { listUsers } from '@/lib/services/users/list-users'

/** Throws NOT_FOUND. */
export async function findUserByEmail(context: ServiceContext, email: string): Promise<UserView> {
  const wanted = email.trim().toLowerCase()
  const found = (await listUsers(context)).find((user) => user.email === wanted)
  if (found) return found
  throw new AppError('NOT_FOUND', `There is no user “${email}”.`, {
    fix: 'See “understudy user list”, or add the user.',
  })
}
