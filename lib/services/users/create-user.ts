import { newUserInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { UserView } from '@/lib/domain/views'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { requireRole } from '@/lib/services/require-role'

/** Adds a user with a first password. Throws CONFLICT when the e-mail address is taken. */
export async function createUser(context: ServiceContext, input: unknown): Promise<UserView> {
  await requireRole(context, 'administrator', 'user.create')
  const { name, email, role, password } = parseInput(newUserInput, input)
  return act(context, { action: 'user.create', subject: email }, async (commit) => {
    const passwordHash = await context.passwords.hash(password)
    return commit(({ users }) => users.insert({ name, email, role, passwordHash }), role)
  })
}
