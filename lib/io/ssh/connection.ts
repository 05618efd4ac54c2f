import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, ClientChannel } from 'ssh2'
import { AppError } from '@/lib/errors'
import { type Access, label } from '@/lib/io/ssh/access'
import { toDoorError } from '@/lib/io/ssh/classify-failure'
import { connect } from '@/lib/io/ssh/connect'
import { Slots } from '@/lib/io/ssh/slots'

/** sshd allows 10 sessions a connection (sshd_config(5), MaxSessions); four are left for ending what hangs. */
const channelsMax = 6

/** How long, and how often, a session is asked for that the host refuses. */
const refusedMsMax = 5_000
const refusedPauseMs = 100

/** The server refused to open a channel (RFC 4254, 5.1). */
export const openFailureReasons = { prohibited: 1, connectFailed: 2, unknownType: 3, shortage: 4 } as const

/** The reason number that ssh2 attaches to a refused channel, or null where the error is another one. */
export function openFailureReason(error: unknown): number | null {
  const reason =
    typeof error === 'object' && error !== null ? (error as { reason?: unknown }).reason : undefined
  return typeof reason === 'number' ? reason : null
}

/** One open SSH connection and its channels. Never reconnects: once `closedBecause` is set, it stays closed. */
export class Connection {
  readonly #client: Client
  readonly #access: Access
  readonly #slots = new Slots(channelsMax)
  readonly #onClose = new Set<(why: AppError) => void>()
  #closedBecause: AppError | null = null

  private constructor(client: Client, access: Access) {
    this.#client = client
    this.#access = access
    client.on('error', (error) => this.#close(error)).on('close', () => this.#close(new Error('closed')))
  }

  /** Throws AppError HOST_* after at most `timeoutMs`. */
  static async open(access: Access, timeoutMs: number): Promise<Connection> {
    return new Connection(await connect(access, timeoutMs), access)
  }

  get closedBecause(): AppError | null {
    return this.#closedBecause
  }

  /** Called once when the connection is lost or ended; at once when it already is. Returns how to stop listening. */
  onClose(listener: (why: AppError) => void): () => void {
    if (this.#closedBecause) listener(this.#closedBecause)
    else this.#onClose.add(listener)
    return () => this.#onClose.delete(listener)
  }

  /**
   * Opens an exec channel; waits for a free slot unless `isUrgent`. The slot is given back when the channel closes.
   * Throws AppError HOST_CONNECTION_LOST, HOST_COMMAND_FAILED where the host refuses it for seconds, and the signal's reason.
   */
  async exec(
    text: string,
    options: { signal?: AbortSignal; isUrgent?: boolean } = {},
  ): Promise<ClientChannel> {
    const giveBack = options.isUrgent ? () => undefined : await this.#slots.take(options.signal)
    try {
      const channel = await this.#openSession(text, options)
      channel.on('close', giveBack)
      return channel
    } catch (error) {
      giveBack()
      throw error
    }
  }

  /**
   * sshd counts a session until the round after the one in which our CLOSE has come (OpenSSH, channels.c: channel_garbage_collect), so
   * one that is opened right behind it may be one too many. Refused while others of ours are open, it is tried again for a while.
   */
  async #openSession(text: string, { signal, isUrgent }: { signal?: AbortSignal; isUrgent?: boolean }) {
    const limit = performance.now() + refusedMsMax
    const own = isUrgent ? 0 : 1
    for (;;) {
      try {
        return await this.#open<ClientChannel>((done) => this.#client.exec(text, done))
      } catch (error) {
        if (this.#closedBecause) throw this.#closedBecause
        const mayPass = openFailureReason(error) !== null && this.#slots.held > own
        if (!mayPass || performance.now() > limit) throw this.#refused(error)
      }
      await sleep(refusedPauseMs, undefined, { signal }).catch(() => signal?.throwIfAborted())
    }
  }

  /** A TCP connection from the host to a port on its own loopback. Throws ssh2's error with `reason` when refused. */
  async forward(port: number): Promise<ClientChannel> {
    try {
      return await this.#open<ClientChannel>((done) =>
        this.#client.forwardOut('127.0.0.1', 0, '127.0.0.1', port, done),
      )
    } catch (error) {
      if (this.#closedBecause) throw this.#closedBecause
      throw error
    }
  }

  end(): void {
    this.#client.end()
    // A peer that does not answer must not keep the socket open.
    setTimeout(() => this.#client.destroy(), 500).unref()
    this.#close(new Error('ended by us'))
  }

  #refused(error: unknown): AppError {
    const reason = openFailureReason(error)
    if (reason === null) return toDoorError(this.#access, 'ready', error)
    return new AppError('HOST_COMMAND_FAILED', `${label(this.#access)} refuses to open a session.`, {
      fix: 'Check MaxSessions and ForceCommand in the host’s sshd_config.',
      detail: `open failure, reason ${reason}`,
      cause: error,
    })
  }

  #open<T>(start: (done: (error: Error | undefined, result: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closedBecause) return reject(this.#closedBecause)
      // ssh2 doesn't call back for a request whose connection was destroyed before it was sent.
      const stopListening = this.onClose(reject)
      start((error, result) => {
        stopListening()
        if (error) reject(error)
        else resolve(result)
      })
    })
  }

  #close(error: unknown): void {
    if (this.#closedBecause) return
    const why = toDoorError(this.#access, 'ready', error)
    this.#closedBecause = why
    this.#client.destroy()
    this.#slots.close(why)
    for (const listener of this.#onClose) listener(why)
    this.#onClose.clear()
  }
}
