import { setTimeout as sleep } from 'node:timers/promises'
import {
  freshenLock,
  lockExitCodes,
  readHold,
  readOurAddress,
  releaseLock,
  takeLock,
} from '@/lib/commands/host-lock'
import { lastSaid } from '@/lib/commands/last-said'
import { appendTranscript } from '@/lib/commands/transcript'
import { type HostLock, holderSentence, isAtWork, parseHostLock, signOfLifeMs } from '@/lib/domain/host-lock'
import { type HostPlaces, hostPlaces } from '@/lib/domain/host-places'
import type { Operation, RecordedEvent, StepHost } from '@/lib/domain/operation'
import { type Role, roles } from '@/lib/domain/pair'
import { hostRecords } from '@/lib/domain/transcript'
import { AppError, hasCode, isAway, toPublicError } from '@/lib/errors'
import { markOf, type OperationContext } from '@/lib/operations/context'
import type { HostHold } from '@/lib/operations/engine/host-hold'
import { readHostLock, standingOf, wayOut } from '@/lib/operations/host-locks'
import type { OperationPorts } from '@/lib/operations/operation-ports'

type Ground = {
  readonly operation: Operation
  readonly opened: Pick<OperationContext, 'pair' | 'profile' | 'hosts' | 'doors'>
  readonly ports: Pick<OperationPorts, 'operations' | 'dashboard' | 'clock'>
  /** machine-id of each host as the plan found it, or else as it was registered; null where neither is known. */
  readonly machineIds: Readonly<Record<Role, string | null>>
  /** Hosts that answered when the plan was made: only there is a lock tried for that no step needs. */
  readonly answered: ReadonlySet<Role>
  /** How long a host that is away is waited for when all is done; 12 s when left out: a cable that was pulled and put back. */
  readonly patienceMs?: number
}

const defaultPatienceMs = 12_000
const defaultAskMs = 5_000
const takeMs = 15_000
/** How long a host is waited for on which no step acts. */
const besideMs = 1_500
/** A host that is just coming back is waited for a little. */
const attemptsMax = 3
const pauseMs = 1_000

const wrongHost = (hostName: string, seen: string, expected: string | null) =>
  new AppError('WRONG_HOST', `${hostName} is another machine than when the plan was made.`, {
    fix: 'Find out what answers at its address, then plan again.',
    detail: `machine-id ${seen}, expected ${expected}`,
  })

/** One of the two may have come to the other's address: nothing that the hosts say of themselves tells them apart. */
const alike = (names: Readonly<Record<Role, { readonly name: string }>>, machineId: string) =>
  new AppError(
    'WRONG_HOST',
    `${names.primary.name} and ${names.standby.name} have the same machine-id: which of them answers can’t be told, so neither is touched.`,
    {
      fix: 'One was made from the other’s image. Give it a machine-id of its own (rm /etc/machine-id; systemd-machine-id-setup; then restart it), register it anew and plan again.',
      detail: `machine-id ${machineId}`,
    },
  )

/** Why an operation may not have a host, and what can be done about it. */
const heldBy = (hostName: string, lock: HostLock | null, fix: string) =>
  new AppError('PAIR_BUSY', holderSentence(hostName, lock), {
    fix,
    detail: `lock of operation ${lock?.operationId ?? 'unknown'}, dashboard ${lock?.dashboardId ?? 'unknown'}`,
  })

const lostHold = (hostName: string) =>
  new AppError('PAIR_BUSY', `${hostName} is not held by this operation any more: its lock was taken away.`, {
    fix: `Find out who broke it (operation.lock on the host names the holder; the audit log of the other dashboard tells who), then resume.`,
  })

/** How taking one host ended: `isNew` where it was not held before. */
type Taken = { readonly isHeld: boolean; readonly isNew: boolean; readonly note: string }

const notTaken = (note: string): Taken => ({ isHeld: false, isNew: false, note })

class HeldHosts implements HostHold {
  /** Where this worker has seen that it is the right machine, and ours: nothing is ever written elsewhere. */
  readonly #held = new Set<Role>()
  /** Hosts that are let go, and still awaited if they are away: nobody comes back to them for this operation. */
  readonly #awaited = new Set<Role>()
  /** Hosts that a sign of life is on its way to. */
  readonly #shown = new Set<Role>()
  #signs: NodeJS.Timeout | undefined

  constructor(private readonly ground: Ground) {}

  /** Roles of the hosts that a step acts on. */
  get #roles(): readonly Role[] {
    const { steps } = this.ground.operation.plan
    return roles.filter((role) => steps.some(({ host }) => host === role))
  }

  async take(signal: AbortSignal, spared: ReadonlySet<StepHost> = new Set()): Promise<readonly string[]> {
    const { hosts } = this.ground.opened
    this.#requireUnlike()
    const taken: Role[] = []
    const sentences: string[] = []
    const acted = this.#roles
    const beside = roles.filter((role) => !acted.includes(role))
    try {
      for (const role of [...acted, ...beside]) {
        const { isHeld, isNew, note } = await this.#takeAsNeeded(role, signal, spared)
        if (isHeld) this.#held.add(role)
        if (isNew) taken.push(role)
        if (note !== '') sentences.push(note)
      }
    } catch (error) {
      for (const role of taken) await this.#release(role)
      this.#held.clear()
      throw error
    }
    this.#showLife()
    const names = roles.filter((role) => taken.includes(role)).map((role) => hosts[role].name)
    return [...(names.length > 0 ? [`Holds ${names.join(' and ')}.`] : []), ...sentences]
  }

  /** Nothing is shown any more of an operation that stands: nobody works on it. Never throws. */
  close(): void {
    clearInterval(this.#signs)
    this.#signs = undefined
  }

  /** From now on, and no longer than this process lives, every host that is held shows that its operation is at work. */
  #showLife(): void {
    if (this.#signs !== undefined || this.#held.size === 0) return
    this.#signs = setInterval(() => {
      for (const role of this.#held) void this.#showLifeOn(role)
    }, signOfLifeMs)
    this.#signs.unref()
  }

  async #showLifeOn(role: Role): Promise<void> {
    if (this.#shown.has(role)) return
    this.#shown.add(role)
    const { operation, opened } = this.ground
    // A host that is away, full or refuses it shows nothing for a while: that is no failure of the operation.
    await opened.doors[role]
      .run(freshenLock(operation.id, this.#place(role)), { timeoutMs: takeMs })
      .catch(() => undefined)
    this.#shown.delete(role)
  }

  #takeAsNeeded(role: Role, signal: AbortSignal, spared: ReadonlySet<StepHost>): Promise<Taken> {
    if (!this.#roles.includes(role)) return this.#takeBeside(role, signal)
    return spared.has(role) ? this.#takeIfThere(role, signal) : this.#takePatiently(role, signal)
  }

  /** The lock is the first that is written on a host: by then it must be known which of the two it is. */
  #requireUnlike(): void {
    const { machineIds, opened } = this.ground
    const { primary, standby } = machineIds
    if (primary !== null && primary === standby) throw alike(opened.hosts, primary)
  }

  async prove(host: Role | 'here'): Promise<void> {
    if (host === 'here' || !this.#roles.includes(host)) return
    const { operation, opened, machineIds } = this.ground
    const door = opened.doors[host]
    const { stdout } = await door.ask(readHold(operation.id, this.#place(host)), { timeoutMs: defaultAskMs })
    const [machineId = '', hold] = stdout.trim().split('\n')
    if (machineId !== machineIds[host]) throw wrongHost(door.hostName, machineId, machineIds[host])
    if (hold !== 'held') throw lostHold(door.hostName)
  }

  async release(): Promise<readonly string[]> {
    this.close()
    for (const role of this.#held) this.#awaited.add(role)
    const sentences = await Promise.all([...this.#held].map((role) => this.#release(role)))
    return sentences.flatMap((sentence) => sentence ?? [])
  }

  async write(events: readonly RecordedEvent[]): Promise<readonly string[]> {
    const { operation, opened } = this.ground
    const { pair, profile, doors, hosts } = opened
    const about = { operation, pairSlug: pair.slug }
    const write = async (role: Role) => {
      let path = ''
      try {
        for (const record of hostRecords(about, events, { role, logDirectory: profile.logDirectory })) {
          path = record.path
          const append = appendTranscript(path, markOf(operation.id), record.lines, this.#place(role))
          await this.#leavePatiently(role, () => doors[role].runOrThrow(append, { timeoutMs: takeMs }))
        }
        return []
      } catch (error) {
        return [`The transcript could not be written to ${path} on ${hosts[role].name}: ${wordsOf(error)}`]
      }
    }
    return (await Promise.all([...this.#held].map(write))).flat()
  }

  #place(role: Role): HostPlaces {
    return hostPlaces(this.ground.opened.hosts[role])
  }

  async #release(role: Role): Promise<string | null> {
    const { operation, opened } = this.ground
    const door = opened.doors[role]
    try {
      const release = releaseLock(operation.id, this.#place(role))
      await this.#leavePatiently(role, () => door.runOrThrow(release, { timeoutMs: takeMs }))
      return null
    } catch (error) {
      return `${door.hostName} could not be let go: ${wordsOf(error)} That is done as soon as it answers again.`
    }
  }

  /** Tries until it is done, while the host may come back and is awaited; a host that was given up is tried once. */
  async #leavePatiently(role: Role, act: () => Promise<unknown>): Promise<void> {
    const until = performance.now() + (this.ground.patienceMs ?? defaultPatienceMs)
    for (;;)
      try {
        await act()
        return
      } catch (error) {
        if (!this.#awaited.has(role) || !isAway(error)) throw error
        if (performance.now() > until) {
          this.#awaited.delete(role)
          throw error
        }
        await sleep(Math.min(pauseMs, this.ground.patienceMs ?? pauseMs))
      }
  }

  /** A host on which nothing is left to do: one that is away is done without. */
  async #takeIfThere(role: Role, signal: AbortSignal): Promise<Taken> {
    try {
      return await this.#take(role, signal)
    } catch (error) {
      if (!isAway(error)) throw error
      const { name } = this.ground.opened.hosts[role]
      return notTaken(`${name} is not held, and nothing is left to do there: ${error.message}`)
    }
  }

  /**
   * A host on which no step acts is held too, so that nobody else begins something there meanwhile; it is neither waited for nor
   * needed. Only an operation at work there refuses this one: it may be about to change what this one rests on, as the new primary
   * beside which a former one is fenced. One that only stands must not hinder it.
   */
  async #takeBeside(role: Role, signal: AbortSignal): Promise<Taken> {
    const { answered, opened } = this.ground
    const { name } = opened.hosts[role]
    if (!answered.has(role))
      return notTaken(`${name} is not held: it could not be asked, and no step acts there.`)
    try {
      return await this.#take(role, signal, { askMs: besideMs })
    } catch (error) {
      signal.throwIfAborted()
      if (hasCode(error, 'PAIR_BUSY') && (await this.#isAtWork(role))) throw error
      return notTaken(`${name} is not held, and no step acts there: ${wordsOf(error)}`)
    }
  }

  /** Whether the operation that has the host is worked on now, as far as the host says. */
  async #isAtWork(role: Role): Promise<boolean> {
    const { doors, hosts } = this.ground.opened
    try {
      const found = await readHostLock(doors[role], hosts[role])
      return found.isHeld && isAtWork(found.ageSeconds)
    } catch {
      return false
    }
  }

  async #takePatiently(role: Role, signal: AbortSignal): Promise<Taken> {
    for (let attempt = 1; ; attempt += 1)
      try {
        return await this.#take(role, signal)
      } catch (error) {
        if (attempt === attemptsMax || !isAway(error)) throw error
        await sleep(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted())
      }
  }

  async #take(
    role: Role,
    signal: AbortSignal,
    { broken = null, askMs = defaultAskMs }: { broken?: HostLock | null; askMs?: number } = {},
  ): Promise<Taken> {
    signal.throwIfAborted()
    const door = this.ground.opened.doors[role]
    const machineId = this.ground.machineIds[role]
    if (machineId === null) throw wrongHost(door.hostName, 'not asked', null)
    const lock = await this.#lockOf(role, askMs)
    const given = { lock, machineId, broken: broken?.operationId ?? null, place: this.#place(role) }
    const { exitCode, stdout, stderr } = await door.run(takeLock(given), { timeoutMs: takeMs })
    if (exitCode === 0) {
      const note = broken === null ? '' : `The lock of the ${broken.what}, which has ended, was taken over.`
      return { isHeld: true, isNew: stdout.trim() === 'taken', note }
    }
    if (exitCode === lockExitCodes.otherMachine) throw wrongHost(door.hostName, stdout.trim(), machineId)
    if (exitCode === lockExitCodes.held)
      return await this.#takeOver(role, signal, parseHostLock(stdout), broken)
    throw new AppError('HOST_COMMAND_FAILED', `${door.hostName} could not be locked for this operation.`, {
      fix: `See that its disk is not full and that ${this.#place(role).state} can be written, then resume.`,
      detail: `exit code ${exitCode}: ${lastSaid(stderr)}`,
    })
  }

  /** Takes a lock over whose operation has ended, as our own store proves; any other stays. */
  async #takeOver(
    role: Role,
    signal: AbortSignal,
    holder: HostLock | null,
    broken: HostLock | null,
  ): Promise<Taken> {
    const { ports, opened } = this.ground
    const standing = await standingOf(holder, ports)
    if (broken === null && standing === 'left') return await this.#take(role, signal, { broken: holder })
    const { name } = opened.hosts[role]
    throw heldBy(name, holder, wayOut(name, standing))
  }

  async #lockOf(role: Role, timeoutMs: number): Promise<HostLock> {
    const { operation, opened, ports } = this.ground
    const [seen, dashboardId] = await Promise.all([
      opened.doors[role].ask(readOurAddress(), { timeoutMs }),
      ports.dashboard.identity(),
    ])
    const address = seen.stdout.trim()
    return {
      operationId: operation.id,
      what: `${operation.kind} of pair ${opened.pair.slug}`,
      by: operation.startedBy,
      reason: operation.reason,
      since: ports.clock.now().toISOString(),
      dashboardId,
      from: address === '' ? ports.dashboard.machine : `${ports.dashboard.machine} (${address})`,
    }
  }
}

const wordsOf = (error: unknown): string => toPublicError(error).message

/**
 * The locks of an operation on its hosts, and its transcript there. `close` whenever the worker leaves the operation: the locks stay as
 * they are, and give no sign of life any more.
 */
export const holdHosts = (ground: Ground): HostHold & { close(): void } => new HeldHosts(ground)
