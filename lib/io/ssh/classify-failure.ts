import { AppError } from '@/lib/errors'
import { type Access, label } from '@/lib/io/ssh/access'

type Target = Pick<Access, 'name' | 'address' | 'port' | 'user' | 'authKind'>

/** How far an attempt had come when it failed. */
export type Phase = 'resolving' | 'handshake' | 'authentication' | 'ready'

/** What ssh2 and Node attach to an error. Its text is never looked at. */
type Attached = { readonly level?: unknown; readonly code?: unknown }

const attachedTo = (error: unknown): Attached => (typeof error === 'object' && error !== null ? error : {})

const detailOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function unresolved(target: Target, more: { detail: string; cause: unknown }): AppError {
  return new AppError('HOST_NAME_UNRESOLVED', `${target.address} is a name that can't be resolved.`, {
    ...more,
    fix: 'Give the host’s IP address: replication works with addresses, not names.',
  })
}

function unreachable(target: Target, more: { detail: string; cause: unknown }): AppError {
  return new AppError('HOST_UNREACHABLE', `There is no network path to ${label(target)}.`, {
    ...more,
    fix: 'Check the address, the cable or virtual network, and the route from the dashboard.',
  })
}

function refused(target: Target, more: { detail: string; cause: unknown }): AppError {
  return new AppError('HOST_PORT_REFUSED', `${label(target)} refuses connections on port ${target.port}.`, {
    ...more,
    fix: `The machine answers, but no SSH server listens there: start sshd or correct the port.`,
  })
}

function timedOut(target: Target, phase: Phase, more: { detail: string; cause: unknown }): AppError {
  return phase === 'resolving'
    ? new AppError('HOST_TIMED_OUT', `${label(target)} does not answer on port ${target.port}.`, {
        ...more,
        fix: 'Check that the machine is up and that no firewall drops the connection.',
      })
    : new AppError(
        'HOST_TIMED_OUT',
        `${label(target)} accepts the connection, but its SSH server does not answer.`,
        {
          ...more,
          fix: 'The machine may be frozen or overloaded: look at its console.',
        },
      )
}

function notAuthenticated(target: Target, more: { detail: string; cause: unknown }): AppError {
  const { sentence, fix } = {
    key: {
      sentence: `does not accept this key for the user ${target.user}`,
      fix: `Add the public key to ${target.user}’s authorized_keys on the host, or correct the user or the key.`,
    },
    password: {
      sentence: `does not accept this password for the user ${target.user}`,
      fix: 'Correct the user or the password, and check that sshd allows password sign-in.',
    },
    agent: {
      sentence: `does not accept any key of the SSH agent for the user ${target.user}`,
      fix: 'Check that the agent runs, is given to the dashboard (SSH_AUTH_SOCK) and holds the right key.',
    },
  }[target.authKind]
  return new AppError('HOST_AUTH_FAILED', `${label(target)} ${sentence}.`, { ...more, fix })
}

function lost(target: Target, more: { detail: string; cause: unknown }): AppError {
  return new AppError('HOST_CONNECTION_LOST', `The connection to ${label(target)} was lost.`, {
    ...more,
    fix: 'It is opened again by itself as soon as the host answers.',
  })
}

/** Errors of the socket by their errno code (errno(3), getaddrinfo(3)). */
const bySocketCode: Readonly<
  Record<string, (target: Target, more: { detail: string; cause: unknown }) => AppError>
> = {
  ENOTFOUND: unresolved,
  EAI_AGAIN: unresolved,
  ECONNREFUSED: refused,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EHOSTDOWN: unreachable,
  ENETDOWN: unreachable,
  EADDRNOTAVAIL: unreachable,
}

/**
 * Makes an AppError of what ssh2 reported, by its `level`, the socket's errno and how far the attempt had come.
 * ssh2's levels: client-socket, client-timeout, client-authentication, agent, handshake, protocol.
 */
export function toDoorError(target: Target, phase: Phase, error: unknown): AppError {
  if (error instanceof AppError) return error
  const { level, code } = attachedTo(error)
  const more = { detail: `${String(level ?? code ?? phase)}: ${detailOf(error)}`, cause: error }
  const bySocket = typeof code === 'string' ? bySocketCode[code] : undefined
  if (bySocket) return bySocket(target, more)
  if (phase === 'ready') return lost(target, more)
  if (level === 'client-timeout' || code === 'ETIMEDOUT') return timedOut(target, phase, more)
  if (level === 'client-authentication' || level === 'agent') return notAuthenticated(target, more)
  // A disconnect message (its reason is a number, RFC 4253, 11.1) while signing in: too many attempts, or not allowed.
  if (phase === 'authentication' && typeof code === 'number') return notAuthenticated(target, more)
  if (phase === 'handshake' && (level === 'handshake' || typeof code === 'number'))
    return new AppError(
      'HOST_UNREACHABLE',
      `${label(target)} and the dashboard could not agree on how to encrypt.`,
      {
        ...more,
        fix: 'Update the SSH server on the host; ciphers and key exchanges of the last ten years are spoken.',
      },
    )
  if (phase === 'handshake' && level === 'protocol')
    return new AppError(
      'HOST_UNREACHABLE',
      `Port ${target.port} of ${label(target)} is not an SSH server that stays on the line.`,
      {
        ...more,
        fix: 'Check the port; a busy SSH server that drops new connections looks the same: then try again.',
      },
    )
  return lost(target, more)
}

/** The host showed another key than the one that was confirmed. */
export function hostKeyChanged(target: Target, expected: string, seen: string): AppError {
  return new AppError(
    'HOST_KEY_CHANGED',
    `${label(target)} shows the host key ${seen}, but ${expected} was confirmed. Nothing was sent to it.`,
    {
      fix: 'Either the machine was set up anew, or another machine answers in its place. Compare the fingerprint on the host’s console (ssh-keygen -l) before you accept the new one.',
    },
  )
}

/** No host key was confirmed yet. */
export function hostKeyUnconfirmed(target: Target, seen: string): AppError {
  return new AppError(
    'HOST_KEY_UNCONFIRMED',
    `The host key of ${label(target)} was not confirmed yet: ${seen}.`,
    {
      fix: 'Compare the fingerprint with the one on the host’s console (ssh-keygen -l) and confirm it.',
    },
  )
}

/** The secret that is there can't be used for this kind of sign-in. */
export function unusableSecret(target: Target, what: string, fix: string, cause?: unknown): AppError {
  return new AppError('HOST_AUTH_FAILED', `${what} for ${label(target)}.`, { fix, cause })
}
