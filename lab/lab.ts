import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBase, hostsMax } from '@/lab/base'
import { cloneDisk, restoreDisk, saveDisk } from '@/lab/disks'
import { endGuard, startGuard } from '@/lab/guard'
import { ensureMounted, furnishHost, pullPlug, removeHost } from '@/lab/host-machine'
import { LabHost } from '@/lab/lab-host'
import { type LayoutName, layoutOf, type Suite } from '@/lab/layouts'
import { awaitAll, inWords, LabError, refuseWhenStopped, run, runNow } from '@/lab/run-command'
import {
  beginRemoval,
  bridgeOf,
  claimRun,
  findRun,
  type HostRecord,
  isStale,
  listRuns,
  networkOf,
  type RunRecord,
  saveRun,
  verifyRoom,
} from '@/lab/run-state'

export { canRunLab } from '@/lab/requirements'

export type LabOptions = {
  /** Unique on this machine; `lab-<number>` when left out. */
  readonly name?: string
  /** How many hosts, 1 to 4; 2 when left out, or as many as `suites`. */
  readonly hosts?: number
  /** Debian releases of the hosts, e.g. `['bookworm', 'trixie']`; bookworm where left out. */
  readonly suites?: readonly Suite[]
  /** How the application and PostgreSQL lie on the hosts; `debian` when left out. */
  readonly layout?: LayoutName
  /** Names of the hosts; `<lab>-1`, `<lab>-2` … when left out. */
  readonly hostNames?: readonly string[]
  /** Indexes of the hosts whose application runs and writes; the first when left out. */
  readonly writing?: readonly number[]
  /** Stays up after this process has ended, until somebody takes it down. */
  readonly kept?: boolean
  readonly say?: (line: string) => void
  /** Breaks the start off: then nothing of it is left. */
  readonly signal?: AbortSignal
}

/** Real hosts on a network of their own. */
export class Lab {
  readonly hosts: readonly LabHost[]

  constructor(private readonly record: RunRecord) {
    this.hosts = record.hosts.map((host) => new LabHost(record, host))
  }

  get name() {
    return this.record.name
  }

  /** The host at `index`; throws LabError when there is none. */
  host(index: number): LabHost {
    const host = this.hosts[index]
    if (!host) throw new LabError(`${this.name} has no host ${index}`)
    return host
  }

  /** False where its creation was broken off, or still goes on: it can't be booted. */
  get isFinished(): boolean {
    return !this.record.unfinished
  }

  /**
   * Switches on what is off, the network too; returns when sshd of all answers, and PostgreSQL of all but those of these indexes, where
   * it does not start at boot. When `signal` is aborted it throws LabStopped, and some may be on.
   */
  async boot(options: BootOptions = {}): Promise<void> {
    if (!this.isFinished) throw new LabError(`${this.name} was never finished: take it down`)
    await inWords(async () => {
      verifyRoom(this.hosts.length, 'boot')
      await bootRun(this.record, options)
    })
  }

  /** Pulls the plug of every host that is on. Synchronous, so that it also works while this process exits. */
  pullPlugs(): void {
    for (const host of this.record.hosts) pullPlug(this.record, host)
  }

  /** Shuts all hosts down in order; their disks stay, `boot` brings them back. */
  async powerOff(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.powerOff()))
  }

  /** Keeps all disks as they are, under a name; all hosts must be off. */
  async saveDisks(name: string): Promise<void> {
    await Promise.all(this.record.hosts.map((host) => saveDisk(this.record, host, name)))
  }

  /** Pulls every plug and gives all hosts the disks back that were saved under a name; `boot` switches them on. */
  async restoreDisks(name: string): Promise<void> {
    for (const host of this.hosts) await host.kill()
    await Promise.all(this.record.hosts.map((host) => restoreDisk(this.record, host, name)))
  }

  /** The host `to` as if it had been restored from an image of `from`; both must be off. */
  async cloneDisk(from: number, to: number): Promise<void> {
    const [source, target] = [this.record.hosts[from], this.record.hosts[to]]
    if (!source || !target) throw new LabError(`${this.name} has no host ${from} or ${to}`)
    await cloneDisk(this.record, source, target)
  }

  /** Takes the lab away with all that it used on this machine. */
  async down(): Promise<void> {
    removeRun(this.record)
  }
}

/**
 * Boots hosts and returns when sshd and PostgreSQL of all answer. A lab belongs to this process and goes with it,
 * however it ends, unless `kept`. Throws LabError with one line where it can't run, LabStopped when `signal` is aborted: then nothing of
 * it is left.
 */
export const startLab = (options: LabOptions = {}): Promise<Lab> => inWords(() => makeLab(options))

async function makeLab(options: LabOptions): Promise<Lab> {
  const count = options.hosts ?? options.suites?.length ?? 2
  if (!Number.isInteger(count) || count < 1 || count > hostsMax)
    throw new LabError(`a lab has 1 to ${hostsMax} hosts`)
  if (options.name !== undefined && findRun(options.name))
    throw new LabError(`${options.name} is already there`)
  for (const suite of suitesOf(options, count))
    await ensureBase(suite, layoutNameOf(options), options.say ?? (() => undefined), options.signal)
  verifyRoom(count, 'create')
  reapStaleRuns()
  const claimed = claimRun(options.name ?? '', options.kept ?? false)
  if (claimed.owner) removeWithProcess(claimed)
  try {
    const record = await furnishRun(claimed, count, options)
    await bootRun(record, { signal: options.signal })
    return new Lab(record)
  } catch (error) {
    removeRun(claimed)
    throw error
  }
}

/** A lab that another process started, or null. */
export function openLab(name: string): Lab | null {
  const record = findRun(name)
  return record && new Lab(record)
}

const suitesOf = (options: LabOptions, count: number): readonly Suite[] =>
  Array.from({ length: count }, (_, index) => options.suites?.[index] ?? 'bookworm')

const layoutNameOf = (options: LabOptions): LayoutName => options.layout ?? 'debian'

async function furnishRun(claimed: RunRecord, count: number, options: LabOptions): Promise<RunRecord> {
  const { directory } = claimed
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', join(directory, 'client_key')])
  const hosts = await awaitAll(
    suitesOf(options, count).map((suite, index) => {
      const name = options.hostNames?.[index] ?? `${claimed.name}-${index + 1}`
      return makeHost(claimed, index, { name, suite, layout: layoutNameOf(options) })
    }),
  )
  saveRun({ ...claimed, hosts })
  const { unfinished: _, ...record } = { ...claimed, hosts }
  const clientKey = readFileSync(join(directory, 'client_key.pub'), 'utf8')
  const writing = options.writing ?? [0]
  await awaitAll(
    hosts.map(async (host, index) => {
      refuseWhenStopped(options.signal)
      await mountHost(record, host)
      refuseWhenStopped(options.signal)
      await furnishHost(record, host, { clientKey, applicationRuns: writing.includes(index) })
    }),
  )
  saveRun(record)
  return record
}

async function mountHost(record: RunRecord, host: HostRecord): Promise<void> {
  await ensureMounted(record, host, await ensureBase(host.suite, host.layout, () => undefined))
}

async function makeHost(
  record: RunRecord,
  index: number,
  chosen: Pick<HostRecord, 'name' | 'suite' | 'layout'>,
): Promise<HostRecord> {
  const { name, layout } = chosen
  if (!/^[a-z0-9][a-z0-9-]{0,40}$/.test(name)) throw new LabError(`${name} is no name for a host`)
  const directory = join(record.directory, name)
  mkdirSync(directory)
  const key = join(directory, 'host_key')
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', key])
  const fingerprint = (await run('ssh-keygen', ['-lf', `${key}.pub`])).split(' ')[1] ?? ''
  const [type, value] = readFileSync(`${key}.pub`, 'utf8').split(' ')
  const users = Object.keys(layoutOf(layout).logins)
  return {
    ...chosen,
    index: index + 1,
    address: `${networkOf(record.number)}.${11 + index}`,
    passwords: Object.fromEntries(users.map((user) => [user, randomBytes(12).toString('base64url')])),
    hostKey: `${type} ${value}`,
    hostKeyFingerprint: fingerprint,
  }
}

type BootOptions = { readonly signal?: AbortSignal | undefined; readonly withoutPostgres?: readonly number[] }

async function bootRun(record: RunRecord, { signal, withoutPostgres = [] }: BootOptions): Promise<void> {
  refuseWhenStopped(signal)
  if (!existsSync(`/sys/class/net/${bridgeOf(record)}`)) {
    await run('ip', ['link', 'add', bridgeOf(record), 'type', 'bridge'])
    await run('ip', ['address', 'add', `${networkOf(record.number)}.1/24`, 'dev', bridgeOf(record)])
    await run('ip', ['link', 'set', bridgeOf(record), 'up'])
  }
  await awaitAll(
    record.hosts.map(async (recorded, index) => {
      await mountHost(record, recorded)
      const host = new LabHost(record, recorded)
      await host.boot(signal)
      if (!withoutPostgres.includes(index)) await host.awaitPostgres(signal)
    }),
  )
}

/** Synchronous, so that it also works while this process exits. Twice does no harm; of two processes at once one does it. */
function removeRun(claimed: RunRecord): void {
  const record = beginRemoval(claimed)
  if (record === null) return
  for (const host of record.hosts) removeHost(record, host)
  runNow('ip', ['link', 'del', bridgeOf(record)])
  endGuard(record)
  rmSync(record.directory, { recursive: true, force: true })
}

/** As `lab.down()` for the lab of that name. Throws LabError when there is none. */
export function takeDown(name: string): void {
  const record = findRun(name)
  if (!record) throw new LabError(`there is no lab ${name}`)
  removeRun(record)
}

/** Every lab of this machine with the process id that it belongs to, null where it is kept. */
export function statusOfLabs(): readonly { readonly lab: Lab; readonly owner: number | null }[] {
  return listRuns().map((record) => ({ lab: new Lab(record), owner: record.owner?.pid ?? null }))
}

/** Removes the labs whose process has ended without taking them down. Returns their names. */
export function reapStaleRuns(): readonly string[] {
  const stale = listRuns().filter(isStale)
  for (const record of stale) removeRun(record)
  return stale.map((record) => record.name)
}

/** Ties the lab to this process: removed when it exits, by signals too, and by the guard when it is killed. */
function removeWithProcess(record: RunRecord): void {
  startGuard(record)
  process.on('exit', () => removeRun(record))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      removeRun(record)
      process.kill(process.pid, signal)
    })
}
