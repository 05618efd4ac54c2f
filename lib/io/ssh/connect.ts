import ssh2, { type AnyAuthMethod, type Client, type ConnectConfig } from 'ssh2'
import { fingerprintOf } from '@/lib/commands/key-fingerprint'
import { AppError } from '@/lib/errors'
import { type Access, label } from '@/lib/io/ssh/access'
import {
  hostKeyChanged,
  hostKeyUnconfirmed,
  type Phase,
  toDoorError,
  unusableSecret,
} from '@/lib/io/ssh/classify-failure'
import { hostKeyAlgorithms, parseHostKeyLine } from '@/lib/io/ssh/host-key'

/** A frozen server is found after about 4 s: three answers missing, a second apart. */
const keepalive = { keepaliveInterval: 1000, keepaliveCountMax: 3 }

/** How to sign in, from the access's own kind only: nothing else is offered to the host. */
function toAuthMethods(access: Access): AnyAuthMethod[] {
  const username = access.user
  const { privateKey, passphrase, password } = access.secret
  switch (access.authKind) {
    case 'key': {
      if (privateKey === null) throw unusableSecret(access, 'There is no private key', 'Give a private key.')
      const parsed = ssh2.utils.parseKey(privateKey, passphrase ?? undefined)
      if (parsed instanceof Error || !parsed.isPrivateKey())
        throw unusableSecret(
          access,
          'The private key can’t be read',
          'Give the whole key in OpenSSH or PEM format, and its passphrase if it has one.',
          parsed,
        )
      return [{ type: 'publickey', username, key: privateKey, passphrase: passphrase ?? undefined }]
    }
    case 'password': {
      if (password === null) throw unusableSecret(access, 'There is no password', 'Give a password.')
      return [
        { type: 'password', username, password },
        {
          type: 'keyboard-interactive',
          username,
          // Only prompts that hide what is typed are answered: they ask for the password.
          prompt: (_name, _instructions, _language, prompts, finish) =>
            finish(prompts.map((prompt) => (prompt.echo ? '' : password))),
        },
      ]
    }
    case 'agent': {
      if (access.agentSocket === null)
        throw unusableSecret(
          access,
          'There is no SSH agent',
          'Start the dashboard with SSH_AUTH_SOCK set, or choose a key or a password.',
        )
      return [{ type: 'agent', username, agent: access.agentSocket }]
    }
  }
}

const authenticationMs = 10_000

function toConfig(access: Access, pinned: Buffer | null, timeoutMs: number): ConnectConfig {
  return {
    host: access.address,
    port: access.port,
    username: access.user,
    authHandler: toAuthMethods(access),
    algorithms: { serverHostKey: hostKeyAlgorithms(pinned) },
    readyTimeout: timeoutMs + authenticationMs,
    ...keepalive,
  }
}

/**
 * Opens one SSH connection: within `timeoutMs` the host has shown its key, and authentication has its own time, because a refusal is
 * delayed on purpose (pam_fail_delay(3), 1 to 3 s for each method). The host key is compared before anything else is sent. Throws AppError
 * HOST_* ; the caller must end the client.
 */
export async function connect(access: Access, timeoutMs: number): Promise<Client> {
  const pinned = access.hostKey === null ? null : parseHostKeyLine(access.hostKey)
  if (access.hostKey !== null && pinned === null)
    throw new AppError('HOST_KEY_UNCONFIRMED', `The host key kept for ${label(access)} can’t be read.`, {
      fix: 'Confirm the host’s key again.',
    })
  const config = toConfig(access, pinned, timeoutMs)
  const client = new ssh2.Client()
  return new Promise((resolve, reject) => {
    let phase: Phase = 'resolving'
    let hostKeyError: AppError | null = null
    const late = setTimeout(
      () => fail(Object.assign(new Error('no host key in time'), { level: 'client-timeout' })),
      timeoutMs,
    )
    const fail = (error: unknown) => {
      clearTimeout(late)
      client.destroy()
      reject(hostKeyError ?? toDoorError(access, phase, error))
    }
    client
      .on('connect', () => {
        phase = 'handshake'
      })
      .on('handshake', () => {
        clearTimeout(late)
        phase = 'authentication'
      })
      .on('ready', () => {
        client.setNoDelay(true)
        // Handed over: the owner of the connection listens from here on.
        client.removeAllListeners()
        client.on('error', () => undefined)
        resolve(client)
      })
      .on('error', fail)
      .on('close', () => fail(new Error('closed before it was ready')))
    client.connect({
      ...config,
      hostVerifier: (key: Buffer) => {
        const seen = fingerprintOf(key)
        if (pinned === null) hostKeyError = hostKeyUnconfirmed(access, seen)
        else if (!pinned.equals(key)) hostKeyError = hostKeyChanged(access, fingerprintOf(pinned), seen)
        return hostKeyError === null
      },
    })
  })
}
