import type { HostObservation, MachineFacts, Seen } from '@/lib/domain/observation'
import { AppError, toPublicError } from '@/lib/errors'
import type { KeptDoor } from '@/lib/ports/host-door'
import { type Clock, toInstant } from '@/lib/time'
import { type MachinePlace, MachineWatch } from '@/lib/watch/machine-watch'
import { type ServerPlace, ServerWatch } from '@/lib/watch/server-watch'

export type HostPlace = { readonly machine: MachinePlace; readonly server: ServerPlace }

export type HostWatchInput = {
  readonly door: KeptDoor
  readonly place: HostPlace
  readonly readMonitorPassword: () => Promise<string | null>
  readonly clock: Clock
}

/** Looks at one host of a pair, again and again, on what is kept open to it. Never waits for a connection. */
export class HostWatch {
  readonly door: KeptDoor
  readonly #input: HostWatchInput
  readonly #machine: MachineWatch
  readonly #server: ServerWatch
  #dataDirectory: string | null = null

  constructor(input: HostWatchInput) {
    this.#input = input
    this.door = input.door
    this.#machine = new MachineWatch(input.door, input.clock)
    this.#server = new ServerWatch(input.door, input.place.server, input.readMonitorPassword)
  }

  /** Both sides at once, each within about a second; what can't be seen says why. Never throws. */
  async look(): Promise<HostObservation> {
    const state = this.door.state()
    if (state.state !== 'connected') {
      const error = state.state === 'failed' ? state.error : this.#connecting()
      const unseen = this.#unseen(error)
      return { machine: unseen, server: unseen }
    }
    const server = this.#seen(this.#server.look())
    const dataDirectory = async () => {
      const seen = await server
      if (seen.seen) this.#dataDirectory = seen.value.dataDirectory
      return this.#dataDirectory
    }
    const machine = this.#seen(this.#machine.look(this.#input.place.machine, dataDirectory))
    return { machine: await machine, server: await server }
  }

  /** What this host sees of the other's PostgreSQL; null when it can't be asked. */
  async askPeer(peer: { address: string; port: number }): Promise<MachineFacts['peerPostgres']> {
    if (this.door.state().state !== 'connected') return null
    try {
      return await this.#machine.askPeer(peer)
    } catch (error) {
      // Not to know is an answer here: the verdict then says unknown. The host's own trouble shows in its own look.
      if (error instanceof AppError) return null
      throw error
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#server.close(), this.#machine.settle()])
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

  #connecting(): AppError {
    return new AppError('HOST_CONNECTING', `Understudy is connecting to ${this.door.hostName}.`, {
      fix: 'Wait a moment.',
    })
  }
}
