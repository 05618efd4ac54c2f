import { randomBytes } from 'node:crypto'
import type { ClientChannel } from 'ssh2'
import type { RunAs } from '@/lib/commands/command'
import { type Login, startAs } from '@/lib/commands/remote-shell'
import { bridgeExitCodes, buildSocketBridge, type SocketTarget } from '@/lib/commands/socket-bridge'
import { AppError } from '@/lib/errors'
import { Announcement } from '@/lib/io/ssh/announcement'
import { type Connection, openFailureReason, openFailureReasons } from '@/lib/io/ssh/connection'
import { notStarted, rootRefused, unlessAborted } from '@/lib/io/ssh/run'
import type { DatabaseStream, DatabaseTarget } from '@/lib/ports/host-door'

type Host = { readonly label: string; readonly login: Login }

/** How long the host may take until bytes can flow; from then on the session's own time-outs count. */
const openMs = 5000

/**
 * A byte stream to PostgreSQL on the host. As owner: through a small bridge run as the cluster's OS user, because peer authentication
 * looks at who holds the socket. As monitor: a forwarded port; the same bridge where sshd forbids forwarding
 * (sshd_config(5), AllowTcpForwarding). Throws HOST_* and POSTGRES_*; HOST_COMMAND_TIMED_OUT where a login shell, sudo or the
 * port hangs.
 */
export async function openDatabaseStream(
  connection: Connection,
  host: Host,
  target: DatabaseTarget,
): Promise<DatabaseStream> {
  if (target.identity.as === 'owner') {
    const path = `${target.socketDirectory}/.s.PGSQL.${target.port}`
    return bridge(connection, host, 'database-owner', { kind: 'unix', path }, target)
  }
  try {
    const channel = await inTime(host, async (late) => {
      const opened = await connection.forward(target.port)
      if (late.aborted) giveUp(opened)
      return opened
    })
    return { stream: channel, whyEnded: async () => connection.closedBecause }
  } catch (error) {
    const reason = openFailureReason(error)
    if (reason === openFailureReasons.connectFailed) throw notListening(host, target)
    if (reason === null) throw error
    return bridge(connection, host, 'login', { kind: 'tcp', port: target.port }, target)
  }
}

async function bridge(
  connection: Connection,
  host: Host,
  as: RunAs,
  place: SocketTarget,
  target: DatabaseTarget,
): Promise<DatabaseStream> {
  const mark = `understudy-${randomBytes(8).toString('hex')}`
  const text = startAs(buildSocketBridge(place), mark, as, { ...host.login, databaseOwner: target.osUser })
  if (text === null) throw rootRefused(host, 'an unprivileged login user')
  const { channel, exitCode, isBegun } = await inTime(host, (late) => begin(connection, text, mark, late))
  const whyEnded = async () => {
    const code = await exitCode
    return connection.closedBecause ?? toBridgeError(host, target, code)
  }
  if (isBegun) return { stream: channel, whyEnded }
  throw connection.closedBecause ?? notStarted(host, as, (await exitCode) ?? -1, '')
}

async function begin(connection: Connection, text: string, mark: string, late: AbortSignal) {
  const channel = await connection.exec(text, { signal: late })
  const exitCode = untilExit(channel)
  if (late.aborted) giveUp(channel)
  else late.addEventListener('abort', () => giveUp(channel), { once: true })
  return { channel, exitCode, isBegun: await isAnnounced(channel, mark, exitCode) }
}

/** Whatever opens a channel, for at most `openMs`: after the signal nobody wants it, and it is to give the channel up. */
async function inTime<T>(host: Host, open: (late: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(notBegun(host)), openMs)
  try {
    return await unlessAborted(open(limit.signal), limit.signal)
  } finally {
    clearTimeout(timer)
  }
}

/** Its slot is free once it has closed, which waits for what is unread. A bridge that begins after all finds its input at an end. */
function giveUp(channel: ClientChannel): void {
  channel.removeAllListeners('readable')
  channel.on('error', () => undefined)
  channel.resume()
  channel.close()
}

/** Reads up to the bridge's announcement and leaves the rest in the stream; false when the bridge never began. */
function isAnnounced(channel: ClientChannel, mark: string, ended: Promise<unknown>): Promise<boolean> {
  const announcement = new Announcement(mark)
  return new Promise((resolve) => {
    const onReadable = () => {
      let chunk: Buffer | null = channel.read()
      while (chunk !== null) {
        const rest = announcement.push(chunk)
        if (announcement.group !== null) {
          channel.off('readable', onReadable)
          if (rest.length > 0) channel.unshift(rest)
          return resolve(true)
        }
        chunk = channel.read()
      }
    }
    channel.on('readable', onReadable)
    ended.then(() => resolve(false))
  })
}

function untilExit(channel: ClientChannel): Promise<number | null> {
  channel.stderr.resume()
  return new Promise((resolve) => {
    let exitCode: number | null = null
    channel.on('exit', (code: number | null) => {
      exitCode = code
    })
    channel.on('close', () => resolve(exitCode))
  })
}

function toBridgeError(host: Host, target: DatabaseTarget, exitCode: number | null): AppError | null {
  switch (exitCode) {
    case 0:
    case null:
      return null
    case bridgeExitCodes.notConnected:
      return notListening(host, target)
    case bridgeExitCodes.notPermitted:
      return new AppError(
        'POSTGRES_AUTH_FAILED',
        `The user ${target.osUser} may not open PostgreSQL’s socket on ${host.label}.`,
        { fix: `Check the permissions of ${target.socketDirectory} (unix_socket_permissions).` },
      )
    case bridgeExitCodes.noTool:
      return new AppError('TOOL_MISSING', `Neither perl nor python3 is installed on ${host.label}.`, {
        fix: 'Install one of them: PostgreSQL is reached through it.',
      })
    default:
      return new AppError(
        'HOST_COMMAND_FAILED',
        `PostgreSQL on ${host.label} could not be reached as ${target.osUser}.`,
        {
          fix: `Check that the OS user ${target.osUser} exists there and owns the database.`,
          detail: `the bridge to PostgreSQL ended with ${exitCode}`,
        },
      )
  }
}

const notBegun = (host: Host) =>
  new AppError(
    'HOST_COMMAND_TIMED_OUT',
    `${host.label} did not open a way to its PostgreSQL within ${openMs / 1000} s.`,
    {
      fix: `See whether sudo or the login shell of ${host.login.user} hangs there, and look at the host’s load and disks.`,
    },
  )

const notListening = (host: Host, target: DatabaseTarget) =>
  new AppError(
    'POSTGRES_DOWN',
    `PostgreSQL on ${host.label} does not accept connections on port ${target.port}.`,
    {
      fix: 'Start it, or correct the port and the socket directory of the profile.',
    },
  )
