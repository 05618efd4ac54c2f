import { lastSaid } from '@/lib/commands/last-said'
import {
  findPackageManager,
  listPackages,
  offeredDeb,
  type Pip,
  simulateDeb,
  simulateRpm,
} from '@/lib/commands/packages'
import type { Host } from '@/lib/domain/host'
import { hostPlaces } from '@/lib/domain/host-places'
import { comparePackages, type Package, type PackageKind } from '@/lib/domain/packages'
import type { Role } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import { packagesSaid, parseOffered, parseRpmSimulation, parseSimulation } from '@/lib/facts/packages'
import type { ComparedPackages, PackageFacts } from '@/lib/operations/create/package-facts'
import type { HostDoor } from '@/lib/ports/host-door'
import type { Profile } from '@/lib/profiles/schema'

const timeoutMs = 60_000
const leaveOut = 'Mend it, or leave the packages out.'

type Ground = {
  readonly doors: Readonly<Record<Role, HostDoor>>
  readonly hosts: Readonly<Record<Role, Host>>
  readonly profile: Pick<Profile, 'packages'>
}
type Found = PackageFacts['found']
type Sources = Pick<ComparedPackages, 'targets' | 'unavailable' | 'alongside' | 'changes'>

const notCompared = (outcome: 'fail' | 'warn' | 'not-applicable', evidence: string, fix = ''): Found => ({
  isCompared: false,
  outcome,
  evidence,
  fix,
})

/** What the host has of this kind; null where it has not got the tool. Throws HOST_*. */
export async function readPackages(
  door: HostDoor,
  host: Host,
  kind: PackageKind,
  pip: Pip | null,
): Promise<readonly Package[] | null> {
  const list = listPackages(kind, hostPlaces(host), pip)
  return packagesSaid(kind, host.name, await door.run(list, { timeoutMs }))
}

/** With the architecture that dpkg names where there can be several: apt's answers leave the host's own one out. */
const bare = (name: string) => name.replace(/:.*$/, '')

/** Of the missing ones what the standby's sources offer, and what installing that would do. */
async function readSources(door: HostDoor, missing: readonly Package[]): Promise<Sources> {
  if (missing.length === 0) return { targets: [], unavailable: [], alongside: [], changes: [] }
  const offered = parseOffered(
    (await door.run(offeredDeb(missing.map(({ name }) => name)), { timeoutMs })).stdout,
  )
  const targets = missing.flatMap(({ name, version }) => {
    const versions = offered.get(name) ?? offered.get(bare(name)) ?? []
    const [best] = versions
    return best === undefined ? [] : [{ name, version: versions.includes(version) ? version : best }]
  })
  const unavailable = missing.map(({ name }) => name).filter((name) => !targets.some((t) => t.name === name))
  if (targets.length === 0) return { targets, unavailable, alongside: [], changes: [] }
  const simulated = await door.run(simulateDeb(targets), { timeoutMs })
  const { installs, changes } = parseSimulation(simulated.stdout)
  const isRefused = simulated.exitCode !== 0 && changes.length === 0
  const wanted = new Set(targets.map(({ name }) => bare(name)))
  return {
    targets,
    unavailable,
    alongside: installs.filter(({ name }) => !wanted.has(bare(name))),
    changes: isRefused ? [`apt-get refuses: ${lastSaid(simulated.stderr, 300)}`] : [...changes],
  }
}

/** The same of rpm's. Where dnf or yum don't say it to this login, they are all tried. */
async function readRpmSources(door: HostDoor, missing: readonly Package[]): Promise<Sources> {
  const all = { targets: [...missing], unavailable: [], alongside: [], changes: [] }
  if (missing.length === 0) return all
  const { stdout } = await door.run(simulateRpm(missing), { timeoutMs })
  const said = parseRpmSimulation(stdout, missing)
  if (said === null) return all
  const { unavailable, changes } = said
  const targets = missing.filter(({ name }) => !unavailable.includes(name))
  return { targets, unavailable: [...unavailable], alongside: [], changes: [...changes] }
}

function readSourcesOf(kind: PackageKind, door: HostDoor, missing: readonly Package[]): Promise<Sources> {
  if (kind === 'deb') return readSources(door, missing)
  if (kind === 'rpm') return readRpmSources(door, missing)
  return Promise.resolve({ targets: [...missing], unavailable: [], alongside: [], changes: [] })
}

async function compare({ doors, hosts, profile }: Ground, kind: PackageKind): Promise<Found> {
  const { pip } = profile.packages
  const tool = kind === 'pip' ? (pip?.command ?? 'pip') : kind
  const primary = await readPackages(doors.primary, hosts.primary, kind, pip)
  if (primary === null)
    return notCompared(
      'warn',
      `“${tool}” is not there on ${hosts.primary.name}: these packages were not compared.`,
      'Correct the command in the profile, or leave the packages out.',
    )
  const standby = await readPackages(doors.standby, hosts.standby, kind, pip)
  if (standby === null)
    return notCompared(
      'fail',
      `“${tool}” is not there on ${hosts.standby.name}.`,
      `Install it there. ${leaveOut}`,
    )
  const { missing, other } = comparePackages(primary, standby)
  const sources = await readSourcesOf(kind, doors.standby, missing)
  return {
    isCompared: true,
    primaryCount: primary.length,
    missing: [...missing],
    other: [...other],
    ...sources,
  }
}

async function compareSystem(ground: Ground): Promise<PackageFacts> {
  const read = async (role: Role) =>
    (await ground.doors[role].runOrThrow(findPackageManager, { timeoutMs })).stdout.trim()
  const [primary, standby] = [await read('primary'), await read('standby')]
  const kind = primary === 'rpm' ? 'rpm' : 'deb'
  const found = (result: Found): PackageFacts => ({ kind, found: result })
  if (primary === '') return found(notCompared('warn', 'The primary has neither dpkg nor rpm.', leaveOut))
  if (primary !== standby)
    return found(
      notCompared('fail', `The primary has ${primary}, the standby ${standby || 'neither'}.`, leaveOut),
    )
  if (ground.doors.standby.privilege === 'unprivileged')
    return found(
      notCompared('not-applicable', 'The system’s packages can’t be installed on a host without root.'),
    )
  return found(await compare(ground, kind))
}

/** A host that can't be asked is a reason in the facts, never an exception. */
async function orWhy(kind: PackageKind, asking: Promise<PackageFacts>): Promise<PackageFacts> {
  try {
    return await asking
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { kind, found: notCompared('fail', error.message, error.fix || leaveOut) }
  }
}

/** What the primary has and the standby lacks, of each kind that the profile names. */
export async function readPackageFacts(ground: Ground): Promise<PackageFacts[]> {
  const { system, pip } = ground.profile.packages
  const ofPip = async (): Promise<PackageFacts> => ({ kind: 'pip', found: await compare(ground, 'pip') })
  return [
    ...(system ? [await orWhy('deb', compareSystem(ground))] : []),
    ...(pip ? [await orWhy('pip', ofPip())] : []),
  ]
}
