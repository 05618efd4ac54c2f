import type { Command } from 'commander'
import { confirmOrStop } from '@/cli/ask'
import {
  type AuthFlags,
  readAuth,
  secretsHelp,
  verifyAuthFlags,
  withAuthOptions,
} from '@/cli/commands/auth-flags'
import { withDataOptions } from '@/cli/environment-options'
import { findHostByName } from '@/cli/find-host'
import { hostsText } from '@/cli/hosts-text'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print, writeNote } from '@/cli/output'
import { isSameLogin } from '@/lib/domain/host-access'
import type { ServiceContext } from '@/lib/services/context'
import { changeHostAccess } from '@/lib/services/hosts/change-host-access'

type ChangeFlags = Flags &
  AuthFlags & {
    readonly address?: string
    readonly port?: string
    readonly user?: string
    readonly yes?: boolean
    readonly output: OutputFormat
  }

const help = `
What is left out stays as it is; without --key, --password or --agent the key or password that is kept is tried. The host is
signed in to that way before anything is kept: it must show the pinned key and be the machine that was registered.
${secretsHelp}`

/** `understudy hosts change-access`: a rotated key or password, another user, another address or port of the same machine. */
export function addHostsChangeAccess(hosts: Command): void {
  const command = hosts
    .command('change-access <host>')
    .description('another user, key, password, address or port of a registered host')
    .option('--address <ip>', 'IP address at which the same machine answers')
    .option('--port <port>', 'SSH port')
    .option('--user <user>', 'root, a user with sudo, or the unprivileged owner of the application')
    .option('--yes', 'do not ask')
    .addOption(outputOption())
    .addHelpText('after', help)
  withAuthOptions(withDataOptions(command)).action((name: string, flags: ChangeFlags) =>
    withSession(flags, ({ context }) => changeAccess(context, name, flags)),
  )
}

async function changeAccess(context: ServiceContext, name: string, flags: ChangeFlags): Promise<void> {
  verifyAuthFlags(flags, false)
  const host = await findHostByName(context, name)
  const { address = host.address, port = String(host.port), user = host.user } = flags
  if (!isSameLogin(host, { address, port: Number(port), user }))
    await confirmOrStop(`Sign in on ${host.name} as ${user}@${address}:${port} from now on?`, {
      yes: flags.yes === true,
    })
  const auth = await readAuth(flags)
  const changed = await changeHostAccess(context, { hostId: host.id, address, port, user, auth })
  print(changed, flags.output, () => hostsText([changed.host]))
  for (const note of changed.notes) writeNote(`-> ${note}`)
}
