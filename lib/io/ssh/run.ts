import { randomBytes } from 'node:crypto'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import type { ClientChannel } from 'ssh2'
import type { Command } from '@/lib/commands/command'
import { lastSaid } from '@/lib/commands/last-said'
import {
  defaultDatabaseOwner,
  endGraceMs,
  endGroupText,
  type Login,
  rootRefusedCode,
  startAs,
} from '@/lib/commands/remote-shell'
import { AppError } from '@/lib/errors'
import { Announcement } from '@/lib/io/ssh/announcement'
import type { Connection } from '@/lib/io/ssh/connection'
import { LineSplitter } from '@/lib/io/ssh/line-splitter'
import type { RunOptions } from '@/lib/ports/host-door'

export type Answer = {
  readonly exitCode: number
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly tookMs: number
}

/** More than this from one command is a mistake: output of that size belongs into a job. */
const outputBytesMax = 32 * 1024 * 1024

type Host = { readonly label: string; readonly login: Login }

export function rootRefused(host: Host, detail: string): AppError {
  return host.login.privilege === 'unprivileged'
    ? new AppError('HOST_SUDO_REFUSED', `${host.label}: the user ${host.login.user} may not act as root.`, {
        fix: 'Change the host’s access to root, or to a user that may use sudo without a password.',
        detail,
      })
    : new AppError('HOST_SUDO_REFUSED', `${host.label} refused sudo for the user ${host.login.user}.`, {
        fix: `Allow it in sudoers without a password: check with “sudo -n true” as ${host.login.user} on the host.`,
        detail,
      })
}

/** `understudy-root` is there and does not find the command in the host's rights (its exit code 77). */
const notPermitted = (host: Host, detail: string): AppError =>
  new AppError(
    'HOST_SUDO_REFUSED',
    `${host.label}: a command is not among what ${host.login.user} may do as root there.`,
    {
      fix: 'Install the rights of the pair on this host again: its directories, units, commands or our version have changed. See: understudy hosts sudoers.',
      detail,
    },
  )

/** The program never started, although the command was sent: sudo refused it, or the user or its shell can't be had. */
export function notStarted(host: Host, as: Command['as'], exitCode: number, stderr: string): AppError {
  const detail = `exit code ${exitCode} before the command began: ${lastSaid(stderr)}`
  const { privilege, user, databaseOwner = defaultDatabaseOwner } = host.login
  if (as === 'root' && privilege === 'sudo' && exitCode === rootRefusedCode) return notPermitted(host, detail)
  if (as !== 'login' && privilege === 'sudo') return rootRefused(host, detail)
  return as === 'database-owner' && privilege === 'root'
    ? new AppError(
        'HOST_COMMAND_FAILED',
        `${host.label} can’t run commands as the OS user ${databaseOwner}.`,
        {
          fix: `Check that ${databaseOwner} exists there and that setpriv (util-linux) is installed.`,
          detail,
        },
      )
    : new AppError('HOST_COMMAND_FAILED', `${host.label} does not run commands for the user ${user}.`, {
        fix: 'Check the user’s login shell, and authorized_keys for a forced command.',
        detail,
      })
}

/**
 * Runs one command on its own channel and in its own process group. A non-zero exit code is a result. On time-out or abort
 * the whole group is ended on the host before this throws HOST_COMMAND_TIMED_OUT or CANCELLED.
 */
export async function runCommand(
  connection: Connection,
  host: Host,
  command: Command,
  options: RunOptions,
): Promise<Answer> {
  const mark = `understudy-${randomBytes(8).toString('hex')}`
  const text = startAs(command.text, mark, command.as, host.login)
  if (text === null) throw rootRefused(host, 'an unprivileged login user')
  const startedAt = performance.now()
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(timedOut(host, options.timeoutMs)), options.timeoutMs)
  const onAbort = () => limit.abort(cancelled(host))
  if (options.signal?.aborted) onAbort()
  else options.signal?.addEventListener('abort', onAbort, { once: true })
  const begun = begin(connection, host, { text, mark, command, options, signal: limit.signal })
  try {
    const { collected, closed } = await unlessAborted(begun, limit.signal)
    const exitCode = await unlessAborted(closed, limit.signal)
    const stderr = Buffer.concat(collected.stderr)
    if (collected.group === null) throw notStarted(host, command.as, exitCode, stderr.toString())
    return {
      exitCode,
      stdout: Buffer.concat(collected.stdout),
      stderr,
      tookMs: performance.now() - startedAt,
    }
  } catch (error) {
    if (limit.signal.aborted) await giveUp(connection, host, command.as, begun)
    throw error
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', onAbort)
  }
}

type Begun = {
  readonly channel: ClientChannel
  readonly collected: Collected
  /** The exit code. */
  readonly closed: Promise<number>
}

/** Sends the command and its standard input. */
async function begin(
  connection: Connection,
  host: Host,
  given: { text: string; mark: string; command: Command; options: RunOptions; signal: AbortSignal },
): Promise<Begun> {
  const channel = await connection.exec(given.text, { signal: given.signal })
  const collected = collect(channel, given.mark, given.options.onLine)
  const closed = untilClosed(connection, host, channel, collected)
  closed.catch(() => undefined)
  channel.end(given.command.stdin ?? '')
  return { channel, collected, closed }
}

type Collected = {
  readonly stdout: Buffer[]
  readonly stderr: Buffer[]
  bytes: number
  group: number | null
  /** Settles with the group when it is announced; with null when the channel closed before. */
  readonly announced: Promise<number | null>
}

/** Gathers both streams from the announcement on: what stands before it is the login shell's own noise. */
function collect(channel: ClientChannel, mark: string, onLine: RunOptions['onLine']): Collected {
  let settle: (group: number | null) => void = () => undefined
  const announced = new Promise<number | null>((resolve) => {
    settle = resolve
  })
  const collected: Collected = { stdout: [], stderr: [], bytes: 0, group: null, announced }
  const gather = (stream: Readable, list: Buffer[]) => {
    const lines = new LineSplitter(onLine ?? (() => undefined))
    const announcement = new Announcement(mark)
    stream.on('data', (chunk: Buffer) => {
      const rest = announcement.push(chunk)
      collected.group ??= announcement.group
      if (collected.group !== null) settle(collected.group)
      collected.bytes += rest.length
      if (rest.length === 0 || collected.bytes > outputBytesMax) return
      list.push(rest)
      lines.push(rest)
    })
    return () => {
      if (announcement.group === null) list.push(announcement.held)
      lines.flush()
    }
  }
  const flushes = [gather(channel, collected.stdout), gather(channel.stderr, collected.stderr)]
  channel.on('close', () => {
    for (const flush of flushes) flush()
    settle(collected.group)
  })
  return collected
}

/**
 * Ends a command, even one that has only just been sent: until it has announced its process group it is waited for, since
 * closing its channel alone would let it live on.
 */
async function giveUp(
  connection: Connection,
  host: Host,
  as: Command['as'],
  begun: Promise<Begun>,
): Promise<void> {
  const started = await within(begun, endGraceMs)
  if (started) await endGroup(connection, host, as, await within(started.collected.announced, endGraceMs))
  begun.then(({ channel }) => channel.close()).catch(() => undefined)
}

/** The outcome, or null when there is none after `timeoutMs`, or a failure. */
async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), timeoutMs)
  })
  try {
    return await Promise.race([promise.catch(() => null), late])
  } finally {
    clearTimeout(timer)
  }
}

function exitCodeOf(code: number | null | undefined, signal: string | undefined): number | null {
  if (typeof code === 'number') return code
  if (!signal) return null
  const name = `SIG${signal.replace(/^SIG/, '')}` as keyof typeof constants.signals
  return 128 + (constants.signals[name] ?? 0)
}

/**
 * The exit code once the channel has closed; 128 and the signal's number for a killed command, as a shell says it. It is
 * read from `close`, which waits for the output to be consumed, and not from `exit`: that one may come with the same packet
 * as the channel itself, before anyone can listen.
 */
function untilClosed(
  connection: Connection,
  host: Host,
  channel: ClientChannel,
  collected: Collected,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const stopListening = connection.onClose(reject)
    channel.on('error', reject)
    channel.on('close', (code: number | null | undefined, signal?: string) => {
      stopListening()
      const exitCode = exitCodeOf(code, signal)
      if (collected.bytes > outputBytesMax) reject(tooMuch(host))
      else if (exitCode !== null) resolve(exitCode)
      else reject(connection.closedBecause ?? channelLost(host))
    })
  })
}

/** The promise's own outcome, or the signal's reason once it aborts. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/**
 * Ends a process group through a second channel, as the user who runs in it; gives up silently where the host doesn't answer: it is
 * lost anyway.
 */
export async function endGroup(
  connection: Connection,
  host: Host,
  as: Command['as'],
  group: number | null,
): Promise<void> {
  if (group === null || connection.closedBecause) return
  const text = startAs(endGroupText(group, endGraceMs), 'understudy-end', as, host.login)
  if (text === null) return
  const ended = connection.exec(text, { isUrgent: true }).then(
    (channel) =>
      new Promise<void>((resolve) => {
        channel.resume().on('close', resolve)
        channel.stderr.resume()
        channel.end()
      }),
    () => undefined,
  )
  await within(ended, endGraceMs + 5000)
}

const timedOut = (host: Host, timeoutMs: number) =>
  new AppError(
    'HOST_COMMAND_TIMED_OUT',
    `A command on ${host.label} did not end within ${timeoutMs / 1000} s; it was stopped.`,
    { fix: 'Look at the host’s load and disks, then try again.' },
  )

const cancelled = (host: Host) =>
  new AppError('CANCELLED', `A command on ${host.label} was cancelled and stopped.`)

const tooMuch = (host: Host) =>
  new AppError('HOST_COMMAND_FAILED', `A command on ${host.label} printed more than ${outputBytesMax} bytes.`)

const channelLost = (host: Host) =>
  new AppError('HOST_CONNECTION_LOST', `${host.label} ended a command without saying how.`, {
    fix: 'Try again; the host may have ended the user’s session.',
  })
