import { userPasswordInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { requireRole } from '@/lib/services/require-role'
import { findUser } from '@/lib/services/users/find-user'

/** Gives a user who has forgotten theirs another password, and signs them out everywhere. Throws NOT_FOUND. */
export async function setUserPassword(context: ServiceContext, input: unknown): Promise<void> {
  await requireRole(context, 'administrator', 'user.set-password')
  const { userId, password } = parseInput(userPasswordInput, input)
  const user = await findUser(context.store.users, userId)
  await act(context, { action: 'user.set-password', subject: user.email }, async (commit) => {
    const passwordHash = await context.passwords.hash(password)
    await commit(async ({ users }) => {
      await users.setPassword(userId, passwordHash)
      await users.endSessions(userId)
    })
  })
}
