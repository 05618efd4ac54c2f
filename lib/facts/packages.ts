import { z } from 'zod'
import { lastSaid } from '@/lib/commands/last-said'
import { toolMissing } from '@/lib/commands/packages'
import { type Package, type PackageKind, toNevra } from '@/lib/domain/packages'
import { AppError } from '@/lib/errors'

/** Only such names and versions ever become arguments of a package manager (deb-version(7), PEP 440, PEP 508, rpm(8)). */
const names: Readonly<Record<PackageKind, RegExp>> = {
  deb: /^[a-z0-9][a-z0-9+.-]*(:[a-z0-9-]+)?$/,
  rpm: /^[A-Za-z0-9_][A-Za-z0-9_.+-]*\.[a-z0-9_]+$/,
  pip: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
}
const version = /^[A-Za-z0-9][A-Za-z0-9.+:~^!_-]*$/

const unknownForm = (detail: string) =>
  new AppError('HOST_COMMAND_FAILED', 'The host listed its packages in a form that is not known.', {
    fix: 'Report this with the operating system of the host; the packages can be left out of the pair meanwhile.',
    detail: detail.slice(0, 300),
  })

function toPackage(kind: PackageKind, name: string, itsVersion: string): Package {
  if (!names[kind].test(name) || !version.test(itsVersion)) throw unknownForm(`${name} ${itsVersion}`)
  return { name, version: itsVersion }
}

const linesOf = (text: string) => text.split('\n').filter((line) => line.trim() !== '')

/** PEP 503: `Foo_Bar` and `foo-bar` are one project. */
const normalised = (name: string) => name.replaceAll(/[-_.]+/g, '-').toLowerCase()

const pipList = z.array(
  z.object({ name: z.string(), version: z.string(), editable_project_location: z.string().optional() }),
)

function parsePip(text: string): readonly Package[] {
  try {
    // One that is run from its sources can't be installed from an index.
    return pipList
      .parse(JSON.parse(text))
      .filter(({ editable_project_location: from }) => from === undefined)
      .map(({ name, version: its }) => toPackage('pip', normalised(name), its))
  } catch (error) {
    throw error instanceof AppError ? error : unknownForm(text)
  }
}

/** Parses what `listPackages` prints: what is installed, whole. Throws HOST_COMMAND_FAILED on another form. */
export function parsePackages(kind: PackageKind, text: string): readonly Package[] {
  if (kind === 'pip') return parsePip(text)
  return linesOf(text).flatMap((line) => {
    const [first = '', second = '', third = ''] = line.split('\t')
    if (kind === 'deb') return first.charAt(1) === 'i' ? [toPackage('deb', second, third)] : []
    return first === 'gpg-pubkey' ? [] : [toPackage('rpm', `${first}.${second}`, third)]
  })
}

/**
 * What a host answered to `listPackages`; null where it has not got the tool. Throws HOST_COMMAND_FAILED.
 */
export function packagesSaid(
  kind: PackageKind,
  hostName: string,
  {
    exitCode,
    stdout,
    stderr,
  }: { readonly exitCode: number; readonly stdout: string; readonly stderr: string },
): readonly Package[] | null {
  if (exitCode === toolMissing) return null
  if (exitCode === 0) return parsePackages(kind, stdout)
  throw new AppError('HOST_COMMAND_FAILED', `${hostName} could not list its packages (${kind}).`, {
    fix: 'Mend it, or leave the packages out.',
    detail: `exit code ${exitCode}: ${lastSaid(stderr)}`,
  })
}

/** Names of packages that were removed before, but whose configuration is still there: purging them would delete it. */
export const parseLeftConfigured = (text: string): readonly string[] =>
  linesOf(text).flatMap((line) => {
    const [status = '', name = ''] = line.split('\t')
    return status.charAt(1) === 'c' ? [name] : []
  })

/** Versions that the host's sources offer, by name, the best first. */
export function parseOffered(text: string): ReadonlyMap<string, readonly string[]> {
  const offered = new Map<string, string[]>()
  for (const line of linesOf(text)) {
    const [name = '', itsVersion = ''] = line.split('|').map((part) => part.trim())
    offered.set(name, [...(offered.get(name) ?? []), itsVersion])
  }
  return offered
}

/** What dnf or yum would do: what no source offers or what can't come, and what would change; null where that is not said. */
export function parseRpmSimulation(
  text: string,
  asked: readonly Package[],
): { readonly unavailable: readonly string[]; readonly changes: readonly string[] } | null {
  if (!/^(Dependencies resolved|Nothing to do|Transaction Summary)/m.test(text)) return null
  const unmatched = new Set([...text.matchAll(/^No match for argument: (\S+)$/gm)].map(([, nevra]) => nevra))
  const unavailable = new Set(asked.filter((each) => unmatched.has(toNevra(each))).map(({ name }) => name))
  const changes: string[] = []
  let heading = ''
  for (const line of linesOf(text)) {
    const [name = '', arch = '', version = ''] = line.trim().split(/\s+/)
    if (/^[A-Z].*:$/.test(line)) heading = line
    else if (!line.startsWith(' ')) continue
    else if (name === 'replacing') changes.push(`${arch} ${version} would be replaced`)
    else if (/^(Upgrading|Updating|Downgrading|Reinstalling)/.test(heading))
      changes.push(`${name}.${arch} would become ${version}`)
    else if (/^(Removing|Obsoleting)/.test(heading))
      changes.push(`${name}.${arch} ${version} would be removed`)
    else if (heading.startsWith('Skipping')) unavailable.add(`${name}.${arch}`)
  }
  const names = new Set(asked.map(({ name }) => name))
  return { unavailable: [...unavailable].filter((name) => names.has(name)), changes }
}

export type Simulation = {
  readonly installs: readonly Package[]
  /** What is there in another version and would be changed, and what would go. */
  readonly changes: readonly string[]
}

/** Parses `apt-get -s`: `Inst name [old] (new …)`, `Remv name [old]`; an architecture in brackets stands behind the version. */
export function parseSimulation(text: string): Simulation {
  const installs: Package[] = []
  const changes: string[] = []
  for (const line of linesOf(text)) {
    const [, verb, name = '', old, its = ''] =
      /^(Inst|Remv) (\S+)(?: \[([^\]]*)\])?(?: \((\S+))?/.exec(line) ?? []
    if (verb === 'Remv') changes.push(`${name} ${old ?? ''} would be removed`)
    else if (verb === 'Inst' && old !== undefined) changes.push(`${name} ${old} would become ${its}`)
    else if (verb === 'Inst') installs.push(toPackage('deb', name, its))
  }
  return { installs, changes }
}
