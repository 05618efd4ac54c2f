import { findPackageManager, listPackages } from '@/lib/commands/packages'
import { driftOf } from '@/lib/domain/drift-of'
import type { Host } from '@/lib/domain/host'
import { hostPlaces } from '@/lib/domain/host-places'
import { packagesAgainMs, packagesEveryMs } from '@/lib/domain/limits'
import {
  type DriftSummary,
  type KindDrift,
  type PackageDrifts,
  summariseDrifts,
} from '@/lib/domain/package-drift'
import type { PackageKind } from '@/lib/domain/packages'
import { type Role, roles } from '@/lib/domain/pair'
import { AppError, hasCode, toPublicError } from '@/lib/errors'
import { packagesSaid } from '@/lib/facts/packages'
import type { HostDoor } from '@/lib/ports/host-door'
import type { Profile } from '@/lib/profiles/schema'
import { type Clock, toInstant } from '@/lib/time'

export type PackageWatchInput = {
  readonly doors: Readonly<Record<Role, Pick<HostDoor, 'run' | 'runOrThrow'>>>
  readonly hosts: Readonly<Record<Role, Host>>
  readonly packages: Profile['packages']
  readonly clock: Clock
  /** What was read before, by whomever. */
  readonly known: PackageDrifts | null
  /** Keeps what was read for whoever shows it package by package. */
  readonly keep: (drifts: PackageDrifts) => Promise<void>
  readonly warn: (error: unknown) => void
}

const timeoutMs = 60_000

const notComparable = (message: string, fix: string) => new AppError('HOST_COMMAND_FAILED', message, { fix })

const isOfThese = ({ known, hosts }: PackageWatchInput): boolean =>
  roles.every((role) => known?.hosts[role] === hosts[role].id)

/** Compares the packages of both hosts, now and then, beside the looks and not in their way. */
export class PackageWatch {
  readonly #input: PackageWatchInput
  #summary: DriftSummary | null
  /** When both are asked again, at the earliest; by the dashboard's clock. */
  #againAtMs = 0
  #reading: Promise<void> | null = null

  constructor(input: PackageWatchInput) {
    this.#input = input
    const known = isOfThese(input) ? input.known : null
    this.#summary = known && summariseDrifts(known)
    if (known) this.#againAtMs = Date.parse(known.readAt) + packagesEveryMs
  }

  /** What is known by now. Has them read where that is old and they may be asked. */
  see(mayAsk: boolean): DriftSummary | null {
    const nowMs = this.#input.clock.now().getTime()
    // A clock that was set back must not keep it waiting.
    const isDue = nowMs >= this.#againAtMs || this.#againAtMs - nowMs > packagesEveryMs
    if (mayAsk && isDue && !this.#reading) this.#reading = this.#read()
    return this.#summary
  }

  /** Something was done on the hosts: they are asked again when they are next seen. */
  expire(): void {
    this.#againAtMs = 0
  }

  /** A host that can't be asked leaves what is known, with its age. */
  async #read(): Promise<void> {
    const { clock, hosts, keep, warn } = this.#input
    this.#againAtMs = clock.now().getTime() + packagesAgainMs
    try {
      const [primary, standby] = [hosts.primary.id, hosts.standby.id]
      const readAt = toInstant(clock.now())
      const drifts = { hosts: { primary, standby }, readAt, kinds: await this.#readKinds() }
      this.#againAtMs = clock.now().getTime() + packagesEveryMs
      this.#summary = summariseDrifts(drifts)
      await keep(drifts)
    } catch (error) {
      if (!(error instanceof AppError)) warn(error)
    } finally {
      this.#reading = null
    }
  }

  async #readKinds(): Promise<readonly KindDrift[]> {
    const { system, pip } = this.#input.packages
    return [
      ...(system ? [await this.#readSystem()] : []),
      ...(pip ? [await this.#orWhy('pip', () => this.#compare('pip'))] : []),
    ]
  }

  async #readSystem(): Promise<KindDrift> {
    const { doors, hosts } = this.#input
    const managers = await Promise.all(
      roles.map((role) => doors[role].runOrThrow(findPackageManager, { timeoutMs })),
    )
    const [primary, standby] = managers.map(({ stdout }) => stdout.trim())
    const kind: PackageKind = primary === 'rpm' ? 'rpm' : 'deb'
    return await this.#orWhy(kind, async () => {
      if (primary === '')
        throw notComparable(`${hosts.primary.name} has neither dpkg nor rpm.`, 'Leave the packages out.')
      if (primary !== standby)
        throw notComparable(
          `${hosts.primary.name} has ${primary}, ${hosts.standby.name} ${standby || 'neither dpkg nor rpm'}.`,
          'Leave the packages out.',
        )
      return await this.#compare(kind)
    })
  }

  /** What a host says about its packages, whatever it is, is told; one that says nothing leaves what is known. */
  async #orWhy(kind: PackageKind, read: () => Promise<KindDrift>): Promise<KindDrift> {
    try {
      return await read()
    } catch (error) {
      if (!hasCode(error, 'HOST_COMMAND_FAILED')) throw error
      return { kind, why: toPublicError(error) }
    }
  }

  async #compare(kind: PackageKind): Promise<KindDrift> {
    const [primary, standby] = await Promise.all([this.#list('primary', kind), this.#list('standby', kind)])
    return {
      kind,
      primaryCount: primary.length,
      standbyCount: standby.length,
      drifts: driftOf(kind, primary, standby),
      why: null,
    }
  }

  async #list(role: Role, kind: PackageKind) {
    const { doors, hosts, packages } = this.#input
    const host = hosts[role]
    const list = listPackages(kind, hostPlaces(host), packages.pip)
    const said = packagesSaid(kind, host.name, await doors[role].run(list, { timeoutMs }))
    if (said) return said
    const tool = kind === 'pip' ? (packages.pip?.command ?? kind) : kind
    throw notComparable(
      `“${tool}” is not there on ${host.name}.`,
      'Correct the command in the profile, install it there, or leave the packages out.',
    )
  }
}
