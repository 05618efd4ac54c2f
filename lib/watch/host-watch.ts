import type { HostObservation, MachineFacts, Seen } from '@/lib/domain/observation'
import { AppError, toPublicError } from '@/lib/errors'
import type { KeptDoor } from '@/lib/ports/host-door'
import { type Clock, toInstant } from '@/lib/time'
import { pause } from '@/lib/watch/bounded'
import { type MachinePlace, MachineWatch } from '@/lib/watch/machine-watch'
import { type ServerPlace, ServerWatch } from '@/lib/watch/server-watch'

export type HostPlace = { readonly machine: MachinePlace; readonly server: ServerPlace | null }

export type HostWatchInput = {
  readonly door: KeptDoor
  readonly place: HostPlace
  readonly readMonitorPassword: () => Promise<string | null>
  readonly clock: Clock
  /** Aborted when nobody waits for the look any more. */
  readonly signal: AbortSignal
}

/** How long a look waits for each of the host's two answers. */
const lookMs = 700
/** The first look opens a shell and a session, and has nothing before it that it could keep waiting. */
const firstLookMs = 3000
/** How long a first look waits for a connection that is on its way. */
const connectMs = 3000

/** Looks at one host of a pair, again and again, on what is kept open to it. Waits for a connection only at the first look. */
export class HostWatch {
  readonly door: KeptDoor
  readonly #input: HostWatchInput
  readonly #machine: MachineWatch
  /** Null where the pair leaves its database out: PostgreSQL is then not asked at all. */
  readonly #server: ServerWatch | null
  #dataDirectory: string | null = null
  #isFirst = true

  constructor(input: HostWatchInput) {
    this.#input = input
    this.door = input.door
    this.#machine = new MachineWatch(input.door, input.clock)
    const { server } = input.place
    this.#server = server && new ServerWatch(input.door, server, input.readMonitorPassword)
  }

  /** Both sides at once, each within about a second, the first time within about three; what can't be seen says why. Never throws. */
  async look(): Promise<HostObservation> {
    const timeoutMs = this.#isFirst ? firstLookMs : lookMs
    if (this.#isFirst) await this.#firstConnection()
    this.#isFirst = false
    const state = this.door.state()
    if (state.state !== 'connected') {
      const error = state.state === 'failed' ? state.error : this.#connecting()
      const unseen = this.#unseen(error)
      return { machine: unseen, server: unseen }
    }
    const server = this.#server
      ? this.#seen(this.#server.look(timeoutMs))
      : Promise.resolve(this.#unseen(this.#leftOut()))
    const dataDirectory = async () => {
      const seen = await server
      if (seen.seen) this.#dataDirectory = seen.value.dataDirectory
      return this.#dataDirectory
    }
    const machine = this.#seen(this.#machine.look(this.#input.place.machine, dataDirectory, timeoutMs))
    return { machine: await machine, server: await server }
  }

  /** Something was done on the host: what is asked only now and then is asked again. */
  expireInventory(): void {
    this.#machine.expireInventory()
  }

  /** What this host sees of the other's PostgreSQL; null when it can't be asked. */
  async askPeer(peer: { address: string; port: number }): Promise<MachineFacts['peerPostgres']> {
    return await this.#tryToAsk(() => this.#machine.askPeer(peer, this.#input.place.machine))
  }

  /** The same of its sshd. */
  async askPeerSsh(peer: { address: string; port: number }): Promise<MachineFacts['peerSsh']> {
    return await this.#tryToAsk(() => this.#machine.askPeerSsh(peer))
  }

  async #tryToAsk<T>(ask: () => Promise<T | null>): Promise<T | null> {
    if (this.door.state().state !== 'connected') return null
    try {
      return await ask()
    } catch (error) {
      // Not to know is an answer here: the verdict then says unknown. The host's own trouble shows in its own look.
      if (error instanceof AppError) return null
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#server?.close()
  }

  /** So that a dashboard that has just started doesn't say `unknown` before it has tried. */
  async #firstConnection(): Promise<void> {
    const deadline = performance.now() + connectMs
    while (
      !this.#input.signal.aborted &&
      this.door.state().state === 'connecting' &&
      performance.now() < deadline
    )
      await pause(20, this.#input.signal)
  }

  async #seen<T>(work: Promise<T>): Promise<Seen<T>> {
    try {
      const value = await work
      return { seen: true, value, at: toInstant(this.#input.clock.now()) }
    } catch (error) {
      return this.#unseen(error)
    }
  }

  #unseen(error: unknown): { seen: false; why: ReturnType<typeof toPublicError>; at: string } {
    return { seen: false, why: toPublicError(error), at: toInstant(this.#input.clock.now()) }
  }

  #leftOut(): AppError {
    return new AppError(
      'PRECONDITION_FAILED',
      'The database is left out of this pair: PostgreSQL is not asked.',
    )
  }

  #connecting(): AppError {
    return new AppError('HOST_CONNECTING', `Understudy is connecting to ${this.door.hostName}.`, {
      fix: 'Wait a moment.',
    })
  }
}
