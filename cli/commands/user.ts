import { type Command, Option } from 'commander'
import { askSecret } from '@/cli/ask'
import { withDataOptions } from '@/cli/environment-options'
import { findUserByEmail } from '@/cli/find-user'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print, writeNote } from '@/cli/output'
import { textTable } from '@/cli/text-table'
import { formatFullInstant } from '@/lib/domain/format-instant'
import { userRoles } from '@/lib/domain/user'
import type { UserView } from '@/lib/domain/views'
import { createUser } from '@/lib/services/users/create-user'
import { listUsers } from '@/lib/services/users/list-users'
import { setUserPassword } from '@/lib/services/users/set-user-password'

const usersText = (users: readonly UserView[]): string =>
  users.length === 0
    ? 'There is no user yet.'
    : textTable([
        ['Name', 'E-mail', 'Role', 'Since'],
        ...users.map(({ name, email, role, createdAt }) => [name, email, role, formatFullInstant(createdAt)]),
      ])

type AddFlags = Flags & { readonly name: string; readonly role: string; readonly output: OutputFormat }

/** `understudy user`: who may sign in. */
export function addUser(user: Command): void {
  withDataOptions(user.command('list', { isDefault: true }).description('every user'))
    .addOption(outputOption())
    .action((flags: Flags & { output: OutputFormat }) =>
      withSession(flags, async ({ context }) => print(await listUsers(context), flags.output, usersText)),
    )
  withDataOptions(
    user
      .command('add <email>')
      .description('add a user; the password is asked for, or read from standard input'),
  )
    .requiredOption('--name <name>', 'as it stands in the record')
    .addOption(new Option('--role <role>', 'what the user may do').choices([...userRoles]).default('viewer'))
    .addOption(outputOption())
    .action((email: string, { name, role, output, ...flags }: AddFlags) =>
      withSession(flags, async ({ context }) => {
        const password = await askSecret('First password')
        print(await createUser(context, { name, email, role, password }), output, (made) => usersText([made]))
      }),
    )
  withDataOptions(
    user
      .command('set-password <email>')
      .description(
        'give a user another password, asked for or read from standard input; ends their sessions',
      ),
  ).action((email: string, flags: Flags) =>
    withSession(flags, async ({ context }) => {
      const { id, name } = await findUserByEmail(context, email)
      await setUserPassword(context, { userId: id, password: await askSecret('New password') })
      writeNote(`${name} has another password and is signed out everywhere.`)
    }),
  )
}
