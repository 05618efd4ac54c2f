import { asDatabaseOwner, type Command } from '@/lib/commands/command'
import type { MachineFacts } from '@/lib/domain/observation'
import { AppError } from '@/lib/errors'
import { type HostClock, hostClockQuestion, parseHostClock } from '@/lib/facts/host-clock'
import {
  type InventoryTarget,
  type MachineInventory,
  machineInventory,
  parseMachineInventory,
} from '@/lib/facts/machine-inventory'
import { machinePulse, type PulseTarget, parseMachinePulse } from '@/lib/facts/machine-pulse'
import { askPeerPostgres, askPeerSsh, parsePeerPostgres, parsePeerSsh } from '@/lib/facts/peer-postgres'
import type { CommandResult, HostDoor } from '@/lib/ports/host-door'
import type { Clock } from '@/lib/time'

export type MachinePlace = PulseTarget &
  Pick<InventoryTarget, 'application'> & {
    /** False where the pair leaves the database out: then it need not have an owner there. */
    readonly hasDatabase: boolean
  }

const clockMs = 1000
const inventoryMs = 4000
/** How old disk space, time zone, the application's version and state, and the clock may be. */
const inventoryAgeMs = 20_000
/** timeout(1) ends the question itself after 0.6 s. */
const peerMs = 850

/** Asks one machine for its facts: every time what costs no process, now and then what does. */
export class MachineWatch {
  #slow: (MachineInventory & HostClock) | null = null
  #slowAtMs = 0
  #slowFor: string | null = null
  #refreshing: Promise<void> | null = null

  constructor(
    private readonly door: HostDoor,
    private readonly clock: Clock,
  ) {}

  /** `dataDirectory` as PostgreSQL last told it. `timeoutMs` is for the pulse. Throws AppError HOST_*. */
  async look(
    place: MachinePlace,
    dataDirectory: () => Promise<string | null>,
    timeoutMs: number,
  ): Promise<MachineFacts> {
    // As the database's owner: the lock file of its socket is for its own eyes.
    const question = machinePulse(place)
    const { stdout } = await this.#ask(place.hasDatabase ? asDatabaseOwner(question) : question, timeoutMs)
    const pulse = parseMachinePulse(stdout)
    const slow = this.#slow ?? (await this.#firstInventory(place, await dataDirectory()))
    this.#refreshWhenOld(place, dataDirectory)
    const syncScheduled = pulse.syncScheduled || slow.syncScheduled
    return { ...pulse, ...slow, syncScheduled, peerPostgres: null, peerSsh: null }
  }

  /** What is asked only now and then has changed, or may have: it is asked again at the next look. */
  expireInventory(): void {
    this.#slowAtMs = 0
  }

  /** Whether the other host's PostgreSQL takes connections from here; null when that can't be asked. */
  async askPeer(peer: { address: string; port: number }): Promise<MachineFacts['peerPostgres']> {
    // Not on the kept shell: it may take a second, and an operation's questions wait for nobody.
    const { exitCode } = await this.door.run(askPeerPostgres(peer), { timeoutMs: peerMs })
    return parsePeerPostgres(exitCode)
  }

  /** The same of its sshd. */
  async askPeerSsh(peer: { address: string; port: number }): Promise<MachineFacts['peerSsh']> {
    const { exitCode } = await this.door.run(askPeerSsh(peer), { timeoutMs: peerMs })
    return parsePeerSsh(exitCode)
  }

  async #firstInventory(place: MachinePlace, dataDirectory: string | null) {
    const inventory = await this.#readInventory(place, dataDirectory)
    this.#keep(inventory, dataDirectory)
    return inventory
  }

  /** Beside the looks, not in their way. */
  #refreshWhenOld(place: MachinePlace, dataDirectory: () => Promise<string | null>): void {
    if (this.#refreshing) return
    const refresh = async () => {
      const directory = await dataDirectory()
      const isOld = this.clock.now().getTime() - this.#slowAtMs >= inventoryAgeMs
      if (isOld || directory !== this.#slowFor)
        this.#keep(await this.#readInventory(place, directory), directory)
    }
    // A host that stopped answering shows in the next pulse, with its reason.
    const ended = () => {
      this.#refreshing = null
    }
    this.#refreshing = refresh().then(ended, ended)
  }

  #keep(inventory: MachineInventory & HostClock, dataDirectory: string | null): void {
    this.#slow = inventory
    this.#slowAtMs = this.clock.now().getTime()
    this.#slowFor = dataDirectory
  }

  /** As the login user, so on a shell of its own: what takes long here delays no pulse. */
  async #readInventory(place: MachinePlace, dataDirectory: string | null) {
    // In this order: a pause between the two then widens the uncertainty, and never falls out of it.
    const startedAt = performance.now()
    const atMs = this.clock.now().getTime()
    const { stdout } = await this.#ask(hostClockQuestion, clockMs)
    const clock = parseHostClock(stdout, { atMs, tookMs: performance.now() - startedAt })
    const question = machineInventory({ ...place, dataDirectory })
    const inventory = parseMachineInventory((await this.#ask(question, inventoryMs)).stdout)
    return { ...inventory, ...clock }
  }

  async #ask(command: Command, timeoutMs: number): Promise<CommandResult> {
    const { hostName } = this.door
    const result = await this.door.ask(command, { timeoutMs })
    if (result.exitCode === 0) return result
    throw new AppError('HOST_COMMAND_FAILED', `${hostName} could not answer a question about itself.`, {
      fix: `Sign in on ${hostName} and look whether it is in order.`,
      detail: `exit code ${result.exitCode}: ${result.stderr.slice(-500)}`,
    })
  }
}
