import { z } from 'zod'
import { parseInput } from '@/lib/domain/parse-input'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { requireRole } from '@/lib/services/require-role'
import { findUser } from '@/lib/services/users/find-user'

const endSessionsInput = z.object({ userId: z.string().min(1) })

/** Signs a user out everywhere, at once. Throws NOT_FOUND. */
export async function endUserSessions(context: ServiceContext, input: unknown): Promise<void> {
  await requireRole(context, 'administrator', 'user.end-sessions')
  const { userId } = parseInput(endSessionsInput, input)
  const user = await findUser(context.store.users, userId)
  await act(context, { action: 'user.end-sessions', subject: user.email }, (commit) =>
    commit(({ users }) => users.endSessions(userId)),
  )
}
