import type { OperationId } from '@/lib/domain/operation'

/** A tablespace of the standby, and where the drill has its copy: within its own directory, and so on its own file system. */
type DrillTablespace = {
  readonly name: string
  /** Its number, which names the link in `pg_tblspc`. */
  readonly oid: string
  readonly location: string
  readonly root: string
  readonly copy: string
}

/** Everything that a drill makes on the standby lies in directories of its own, each with a sentinel in it. */
export type DrillPlaces = {
  readonly root: string
  /** The copied data directory. */
  readonly data: string
  readonly tablespaces: readonly DrillTablespace[]
  /** Of all of them; that of the data directory last, so that it is removed last too. */
  readonly roots: readonly string[]
}

/** The file that proves a directory to be a drill's: its first line says of which. */
export const sentinelName = 'understudy-drill'
export const drillSentinel = (operationId: OperationId): string =>
  `Understudy drill, operation ${operationId}`
/** Of whichever drill, and of which: null for a line that is no sentinel's. */
export const drillOfSentinel = (line: string): OperationId | null =>
  /^Understudy drill, operation ([0-9a-f-]{36})$/.exec(line)?.[1] ?? null

/** Longer paths PostgreSQL can't listen on: 107 bytes, with `/.s.PGSQL.65535` behind (unix(7); documentation 20.3.1). */
export const socketDirectoryMax = 107 - '/.s.PGSQL.65535'.length

/** How a directory of a drill is called; nothing else is ever removed. */
const rootPath = (path: string, mark: string): string => `${path}.understudy-${mark}-drill`
export const isDrillRoot = (path: string): boolean => /\.understudy-[0-9a-f]{8}-drill$/.test(path)

export function drillPlaces(given: {
  /** The standby's data directory itself: a link to it is followed. */
  readonly directory: string
  /** Where the operator wants the copy; null: beside the data directory. */
  readonly chosen: string | null
  readonly tablespaces: readonly { readonly name: string; readonly oid: string; readonly location: string }[]
  readonly mark: string
}): DrillPlaces {
  const { directory, chosen, mark } = given
  const name = directory.slice(directory.lastIndexOf('/') + 1)
  const root = rootPath(chosen === null ? directory : `${chosen}/${name}`, mark)
  const tablespaces = given.tablespaces.map(({ name, oid, location }) => {
    const own = rootPath(`${location}/`, mark)
    return { name, oid, location, root: own, copy: `${own}/content` }
  })
  return { root, data: `${root}/data`, tablespaces, roots: [...tablespaces.map((each) => each.root), root] }
}

/** The directory that the copy is made in. */
export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'

/** The port that names the copy's socket; nothing listens on it, for the copy has no network. */
export const drillPort = (port: number): number => (port === 65_535 ? port - 1 : port + 1)

/** Jobs on the standby: the copying, and `pg_amcheck`. */
export const copyJob = (operationId: OperationId): string => `drill-copy-${operationId}`
export const amcheckJob = (operationId: OperationId): string => `drill-amcheck-${operationId}`
