import type { UserView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import type { UserRepository } from '@/lib/ports/store'

/** Throws NOT_FOUND. */
export async function findUser(users: UserRepository, id: string): Promise<UserView> {
  const user = await users.find(id)
  if (!user)
    throw new AppError('NOT_FOUND', 'There is no such user.', { fix: 'Choose one from the list of users.' })
  return user
}
