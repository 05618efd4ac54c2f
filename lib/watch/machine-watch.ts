import { asDatabaseOwner, type Command } from '@/lib/commands/command'
import { lastSaid } from '@/lib/commands/last-said'
import { inventoryEveryMs, inventoryMaxAgeMs } from '@/lib/domain/limits'
import type { MachineFacts } from '@/lib/domain/observation'
import { AppError, type PublicError, toPublicError } from '@/lib/errors'
import { type HostClock, hostClockQuestion, parseHostClock } from '@/lib/facts/host-clock'
import {
  type InventoryTarget,
  type MachineInventory,
  machineInventory,
  parseMachineInventory,
} from '@/lib/facts/machine-inventory'
import { machinePulse, type PulseTarget, parseMachinePulse } from '@/lib/facts/machine-pulse'
import {
  askPeerPostgres,
  askPeerSsh,
  parsePeerPostgres,
  parsePeerSsh,
  parsePostmasterDirectory,
  postmasterProgram,
} from '@/lib/facts/peer-postgres'
import type { CommandResult, HostDoor } from '@/lib/ports/host-door'
import { type Clock, toInstant } from '@/lib/time'

export type MachinePlace = PulseTarget &
  Pick<InventoryTarget, 'application' | 'directories'> & {
    /** False where the pair leaves the database out: then it need not have an owner there. */
    readonly hasDatabase: boolean
  }

const clockMs = 1000
/** More than its parts take together when each of them hangs and ends itself. */
const inventoryMs = 5000
/** timeout(1) ends the question itself after 0.6 s. */
const peerMs = 850

type Inventory = { readonly facts: MachineInventory & HostClock; readonly atMs: number }

/** Asks one machine for its facts: every time what costs no process, now and then what does. */
export class MachineWatch {
  #inventory: Inventory | null = null
  /** When, and about which data directory, it was asked last, whatever came of it. */
  #askedAtMs = 0
  #askedFor: string | null = null
  /** Attempts in a row that came to nothing, and why the last did. */
  #failures: { readonly count: number; readonly why: PublicError } | null = null
  #refreshing: Promise<void> | null = null
  /** Where this host's own server was seen to have its programs. */
  #binDirectory: string | null = null

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
    const inventory = this.#inventory ?? (await this.#readInventory(place, await dataDirectory()))
    this.#refreshWhenOld(place, dataDirectory)
    const slow = this.#asKnown(inventory)
    const syncScheduled = pulse.syncScheduled || slow.syncScheduled
    return { ...pulse, ...slow, syncScheduled, peerPostgres: null, peerSsh: null }
  }

  /** What is asked only now and then has changed, or may have: it is asked again at the next look. */
  expireInventory(): void {
    this.#askedAtMs = 0
  }

  /** Whether the other host's PostgreSQL takes connections from here; null when that can't be asked. */
  async askPeer(
    peer: { address: string; port: number },
    place: Pick<MachinePlace, 'socketDirectory' | 'port'>,
  ): Promise<MachineFacts['peerPostgres']> {
    this.#binDirectory ??= await this.#findPrograms(place)
    // Not on the kept shell: it may take a second, and an operation's questions wait for nobody.
    const { exitCode } = await this.door.run(askPeerPostgres(peer, this.#binDirectory), { timeoutMs: peerMs })
    const answer = parsePeerPostgres(exitCode)
    // They may lie elsewhere by now, as after an upgrade.
    if (answer === null) this.#binDirectory = null
    return answer
  }

  /** As the database's owner, who alone may look at its server; null where none runs. */
  async #findPrograms(place: Pick<MachinePlace, 'socketDirectory' | 'port'>): Promise<string | null> {
    return parsePostmasterDirectory(
      (await this.#ask(asDatabaseOwner(postmasterProgram(place)), peerMs)).stdout,
    )
  }

  /** The same of its sshd. */
  async askPeerSsh(peer: { address: string; port: number }): Promise<MachineFacts['peerSsh']> {
    const { exitCode } = await this.door.run(askPeerSsh(peer), { timeoutMs: peerMs })
    return parsePeerSsh(exitCode)
  }

  /**
   * With its own time. What is too old to say anything about now is not told: one attempt that failed may have been lost with a
   * connection that is back, a second one failed while the host answers everything else.
   */
  #asKnown({ facts, atMs }: Inventory) {
    const inventoryAt = toInstant(new Date(atMs))
    const isTooOld = this.clock.now().getTime() - atMs > inventoryMaxAgeMs
    if (!isTooOld || !this.#failures || this.#failures.count < 2)
      return { ...facts, inventoryAt, inventoryFailure: null }
    const unknown = {
      dataDiskFreeBytes: null,
      dataDiskTotalBytes: null,
      applicationVersion: null,
      applicationActive: null,
    }
    return { ...facts, ...unknown, inventoryAt, inventoryFailure: this.#failures.why }
  }

  /** Beside the looks, not in their way. An attempt that fails is told by what it leaves too old. */
  #refreshWhenOld(place: MachinePlace, dataDirectory: () => Promise<string | null>): void {
    if (this.#refreshing) return
    const refresh = async () => {
      const directory = await dataDirectory()
      const isOld = this.clock.now().getTime() - this.#askedAtMs >= inventoryEveryMs
      if (isOld || directory !== this.#askedFor) await this.#readInventory(place, directory)
    }
    const failed = (error: unknown) => {
      this.#failures = { count: (this.#failures?.count ?? 0) + 1, why: toPublicError(error) }
    }
    this.#refreshing = refresh()
      .catch(failed)
      .finally(() => {
        this.#refreshing = null
      })
  }

  /** As the login user, so on a shell of its own: what takes long here delays no pulse. */
  async #readInventory(place: MachinePlace, dataDirectory: string | null): Promise<Inventory> {
    // In this order: a pause between the two then widens the uncertainty, and never falls out of it.
    const startedAt = performance.now()
    const atMs = this.clock.now().getTime()
    this.#askedAtMs = atMs
    this.#askedFor = dataDirectory
    const { stdout } = await this.#ask(hostClockQuestion, clockMs)
    const clock = parseHostClock(stdout, { atMs, tookMs: performance.now() - startedAt })
    const question = machineInventory({ ...place, dataDirectory })
    const inventory = parseMachineInventory((await this.#ask(question, inventoryMs)).stdout)
    this.#failures = null
    this.#inventory = { facts: { ...inventory, ...clock }, atMs }
    return this.#inventory
  }

  async #ask(command: Command, timeoutMs: number): Promise<CommandResult> {
    const { hostName } = this.door
    const result = await this.door.ask(command, { timeoutMs })
    if (result.exitCode === 0) return result
    throw new AppError('HOST_COMMAND_FAILED', `${hostName} could not answer a question about itself.`, {
      fix: `Sign in on ${hostName} and look whether it is in order.`,
      detail: `exit code ${result.exitCode}: ${lastSaid(result.stderr)}`,
    })
  }
}
