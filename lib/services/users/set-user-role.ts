import { userRoleInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { UserRole } from '@/lib/domain/user'
import type { UserView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import type { UserRepository } from '@/lib/ports/store'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { requireRole } from '@/lib/services/require-role'
import { findUser } from '@/lib/services/users/find-user'

/**
 * Gives a user another role and ends their sessions in the same transaction, so that no page goes on with the old one.
 * Throws NOT_FOUND, and PRECONDITION_FAILED for the last administrator.
 */
export async function setUserRole(context: ServiceContext, input: unknown): Promise<UserView> {
  await requireRole(context, 'administrator', 'user.set-role')
  const { userId, role } = parseInput(userRoleInput, input)
  const user = await findUser(context.store.users, userId)
  return act(context, { action: 'user.set-role', subject: user.email }, (commit) =>
    commit(async ({ users }) => {
      await requireAnotherAdministrator(users, user, role)
      await users.setRole(userId, role)
      await users.endSessions(userId)
      return findUser(users, userId)
    }, `${user.role} to ${role}`),
  )
}

async function requireAnotherAdministrator(
  users: UserRepository,
  user: UserView,
  role: UserRole,
): Promise<void> {
  if (user.role !== 'administrator' || role === 'administrator') return
  const others = (await users.list()).filter(
    (other) => other.role === 'administrator' && other.id !== user.id,
  )
  if (others.length === 0)
    throw new AppError('PRECONDITION_FAILED', 'This is the last administrator.', {
      fix: 'Make another user administrator first.',
    })
}
