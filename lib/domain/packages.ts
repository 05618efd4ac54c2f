/** Where packages come from: Debian's dpkg, rpm, or Python's pip. */
export const packageKinds = ['deb', 'rpm', 'pip'] as const
export type PackageKind = (typeof packageKinds)[number]

/** `name` as its tool takes it: `libc6:amd64`, `bash.x86_64`, `requests`. */
export type Package = { readonly name: string; readonly version: string }

export type PackageDifference = {
  /** On the primary and not on the standby. */
  readonly missing: readonly Package[]
  /** On both, in another version; left as it is. */
  readonly other: readonly { readonly name: string; readonly primary: string; readonly standby: string }[]
}

/**
 * What the primary has and the standby lacks. A package may be there in several versions, as kernels of rpm are: then one that both have is
 * enough, and else the last one counts.
 */
export function comparePackages(primary: readonly Package[], standby: readonly Package[]): PackageDifference {
  const there = new Map(standby.map(({ name, version }) => [name, version]))
  const builds = new Set(standby.map(({ name, version }) => `${name} ${version}`))
  const alike = new Set(
    primary.flatMap(({ name, version }) => (builds.has(`${name} ${version}`) ? [name] : [])),
  )
  const wanted = new Map(primary.map(({ name, version }) => [name, version]))
  const entries = [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    missing: entries.flatMap(([name, version]) => (there.has(name) ? [] : [{ name, version }])),
    other: entries.flatMap(([name, version]) => {
      const has = there.get(name)
      return has === undefined || alike.has(name) ? [] : [{ name, primary: version, standby: has }]
    }),
  }
}

/** The seed's name of the file that keeps the primary's list on the standby, in the log directory. */
export const packageListName = (kind: PackageKind): string => `${kind}_packages_primary.txt`

/** The seed's name of the log of what was done about them, beside it. */
export const packageLogName = (kind: PackageKind): string => `rsync_${kind}_req.log`

/** Such a list's content: one package a line, as its tool writes it. */
export function packageListText(kind: PackageKind, packages: readonly Package[]): string {
  const line = ({ name, version }: Package) =>
    kind === 'pip'
      ? `${name}==${version}`
      : kind === 'deb'
        ? `${name}=${version}`
        : toNevra({ name, version })
  return packages
    .map(line)
    .sort()
    .map((text) => `${text}\n`)
    .join('')
}

/** `bash.x86_64` at `0:5.1.8-6` is `bash-0:5.1.8-6.x86_64`, as rpm and dnf name one build. */
export function toNevra({ name, version }: Package): string {
  const dot = name.lastIndexOf('.')
  return `${name.slice(0, dot)}-${version}${name.slice(dot)}`
}
