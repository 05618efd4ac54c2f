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
import { hostsText } from '@/cli/hosts-text'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print, writeNote } from '@/cli/output'
import { AppError } from '@/lib/errors'
import type { ServiceContext } from '@/lib/services/context'
import { readHostKey } from '@/lib/services/hosts/read-host-key'
import { registerHost } from '@/lib/services/hosts/register-host'

type AddFlags = Flags &
  AuthFlags & {
    readonly address: string
    readonly port: string
    readonly user: string
    readonly fingerprint?: string
    readonly output: OutputFormat
  }

const help = `
Signs in by --key FILE (with --passphrase if it has one), by --password or by --agent. ${secretsHelp}
The host key is shown and must be confirmed; without a terminal --fingerprint says which one is right.`

/** `understudy hosts add`: registers a machine after its key was confirmed and the sign-in was tried. */
export function addHostsAdd(hosts: Command): void {
  const command = withDataOptions(hosts.command('add <name>').description('register a machine'))
    .requiredOption('--address <ip>', 'IP address, not a name')
    .option('--port <port>', 'SSH port', '22')
    .option('--user <user>', 'root, a user with sudo, or the unprivileged owner of the application', 'root')
    .option('--fingerprint <SHA256:…>', 'the host key’s, as compared on the host’s console')
    .addOption(outputOption())
    .addHelpText('after', help)
  withAuthOptions(command).action((name: string, flags: AddFlags) =>
    withSession(flags, ({ context }) => addHost(context, name, flags)),
  )
}

async function addHost(context: ServiceContext, name: string, flags: AddFlags): Promise<void> {
  const { address, port, user } = flags
  verifyAuthFlags(flags, true)
  const { fingerprint } = await readHostKey(context, { address, port })
  await confirmFingerprint(address, fingerprint, flags.fingerprint)
  const auth = await readAuth(flags)
  const host = await registerHost(context, { name, address, port, user, fingerprint, auth })
  print(host, flags.output, () => hostsText([host]))
}

/** A fingerprint that was given must be the one seen; without one, somebody must look at it. */
async function confirmFingerprint(address: string, seen: string, given: string | undefined): Promise<void> {
  if (given !== undefined && given !== seen)
    throw new AppError(
      'HOST_KEY_CHANGED',
      `${address} shows the host key ${seen}, not ${given}. Nothing was sent to it.`,
      {
        fix: 'Compare the fingerprint on the host’s console (ssh-keygen -l).',
      },
    )
  if (given === seen) return
  writeNote(`${address} shows the host key ${seen}`)
  await confirmOrStop('Is it the one that the host’s console shows (ssh-keygen -l)?', { yes: false })
}
