import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { askSecret, confirmOrStop } from '@/cli/ask'
import { withDataOptions } from '@/cli/environment-options'
import { hostsText } from '@/cli/hosts-text'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print, writeNote } from '@/cli/output'
import { AppError } from '@/lib/errors'
import type { ServiceContext } from '@/lib/services/context'
import { readHostKey } from '@/lib/services/hosts/read-host-key'
import { registerHost } from '@/lib/services/hosts/register-host'

type AddFlags = Flags & {
  readonly address: string
  readonly port: string
  readonly user: string
  readonly key?: string
  readonly passphrase?: boolean
  readonly password?: boolean
  readonly agent?: boolean
  readonly fingerprint?: string
  readonly output: OutputFormat
}

const secretsHelp = `
Signs in by --key FILE (with --passphrase if it has one), by --password or by --agent. A password or passphrase is asked for on
the terminal, or read from standard input; never given as an argument. The host key is shown and must be confirmed;
without a terminal --fingerprint says which one is right.`

/** `understudy hosts add`: registers a machine after its key was confirmed and the sign-in was tried. */
export function addHostsAdd(hosts: Command): void {
  withDataOptions(hosts.command('add <name>').description('register a machine'))
    .requiredOption('--address <ip>', 'IP address, not a name')
    .option('--port <port>', 'SSH port', '22')
    .option('--user <user>', 'root, a user with sudo, or the unprivileged owner of the application', 'root')
    .option('--key <file>', 'private key')
    .option('--passphrase', 'the key has a passphrase')
    .option('--password', 'sign in with a password')
    .option('--agent', 'sign in with the SSH agent of the dashboard')
    .option('--fingerprint <SHA256:…>', 'the host key’s, as compared on the host’s console')
    .addOption(outputOption())
    .addHelpText('after', secretsHelp)
    .action((name: string, flags: AddFlags) =>
      withSession(flags, ({ context }) => addHost(context, name, flags)),
    )
}

async function addHost(context: ServiceContext, name: string, flags: AddFlags): Promise<void> {
  const { address, port, user } = flags
  const chosen = [flags.key, flags.password, flags.agent].filter(Boolean).length
  if (chosen !== 1)
    throw new AppError('INVALID_INPUT', 'Say how to sign in, in one way.', {
      fix: 'Give --key FILE, --password or --agent.',
    })
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

async function readAuth({ key, passphrase, password }: AddFlags) {
  if (key !== undefined)
    return {
      kind: 'key' as const,
      privateKey: await readKey(key),
      passphrase: passphrase ? await askSecret('Passphrase of the key') : null,
    }
  if (password) return { kind: 'password' as const, password: await askSecret('Password') }
  return { kind: 'agent' as const }
}

async function readKey(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new AppError('INVALID_INPUT', `The key file ${path} can’t be read.`, {
      fix: 'Check its path and mode.',
      cause,
    })
  }
}
