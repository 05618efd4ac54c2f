import { readFile } from 'node:fs/promises'
import { text as readStream } from 'node:stream/consumers'
import type { Command } from 'commander'
import { askSecret } from '@/cli/ask'
import type { HostAuth } from '@/lib/domain/inputs'
import { AppError } from '@/lib/errors'

/** How a host is to be signed in to; secrets themselves are never among arguments. */
export type AuthFlags = {
  readonly key?: string
  readonly passphrase?: boolean
  readonly password?: boolean
  readonly agent?: boolean
}

export const withAuthOptions = (command: Command): Command =>
  command
    .option('--key <file>', 'private key; - reads it from standard input')
    .option('--passphrase', 'the key has a passphrase')
    .option('--password', 'sign in with a password')
    .option('--agent', 'sign in with the SSH agent of the dashboard')

export const secretsHelp = `A password or passphrase is asked for on the terminal, or read from standard input; never given as an argument.`

/** Throws INVALID_INPUT for more than one way, for none where `isNeeded`, and for a passphrase without its key; reads no secret. */
export function verifyAuthFlags({ key, passphrase, password, agent }: AuthFlags, isNeeded: boolean): void {
  const chosen = [key, password, agent].filter(Boolean).length
  if (chosen > 1 || (isNeeded && chosen === 0))
    throw new AppError('INVALID_INPUT', 'Say how to sign in, in one way.', {
      fix: 'Give --key FILE, --password or --agent.',
    })
  if (passphrase && (key === undefined || key === '-'))
    throw new AppError('INVALID_INPUT', 'A passphrase belongs to a key that is in a file.', {
      fix: 'Give --key FILE with --passphrase.',
    })
}

/** What was chosen, with its secret; null where nothing was. Throws INVALID_INPUT for a key that can't be read. */
export async function readAuth({ key, passphrase, password, agent }: AuthFlags): Promise<HostAuth | null> {
  if (key !== undefined)
    return {
      kind: 'key',
      privateKey: key === '-' ? await readStream(process.stdin) : await readKey(key),
      passphrase: passphrase ? await askSecret('Passphrase of the key') : null,
    }
  if (password) return { kind: 'password', password: await askSecret('Password') }
  return agent ? { kind: 'agent' } : null
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
