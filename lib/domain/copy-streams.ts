/** Files of about one size: those up to so many bytes that are in no class of smaller ones. */
export type SizeClass = {
  readonly upToBytes: number
  readonly files: number
  /** Of all of them together. */
  readonly bytes: number
}

/** What is known of a directory that is copied for the first time. */
export type CopiedTree = {
  /** Without a class that has no file. */
  readonly sizes: readonly SizeClass[]
  /** All of it was counted: else it may have far more files than are in the classes. */
  readonly isWhole: boolean
}

/**
 * Streams of all first copies together at most. Half of what sshd lets begin at once before it refuses some (sshd_config(5), MaxStartups:
 * 10), and each keeps a processor of the primary busy.
 */
export const streamsMax = 4

/** As many as always ran at once, one for each of two directories: where hosts have fewer processors, or do not say. */
const streamsMin = 2

/** A file takes about as long as so many bytes of a large one: it is opened, named, given its owner, times and attributes. */
const bytesPerFile = 32 * 1024

/** About what one stream copies in a second. Another stream costs a connection and another look at the whole tree: it has to save that much. */
const worthwhileBytes = 128 * 1024 * 1024

/** Each rsync holds the list of all files, about 100 bytes each, on either host: so many of all streams together are about 400 MB. */
const listedFilesMax = 4_000_000

/** As many as the weaker host has processors, within what is known to be good. */
export function streamsAtOnce(processors: readonly (number | null)[]): number {
  const known = processors.filter((count) => count !== null)
  return known.length < processors.length
    ? streamsMin
    : Math.min(streamsMax, Math.max(streamsMin, Math.min(...known)))
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)

/** How much work copying the tree is, in bytes of one large file. */
export const copyWork = ({ sizes }: CopiedTree): number =>
  sum(sizes.map(({ files, bytes }) => files * bytesPerFile + bytes))

/** Where a new stream begins, when each takes as many classes in a row as it can within `most` of work. */
function beginnings(works: readonly number[], most: number): readonly number[] {
  const found: number[] = []
  let taken = 0
  for (const [index, work] of works.entries()) {
    if (index > 0 && taken + work > most) {
      found.push(index)
      taken = 0
    }
    taken += work
  }
  return found
}

/** The least work that the busiest of so many streams can have. */
function leastOfBusiest(works: readonly number[], streams: number): number {
  const inRow = works.flatMap((_, from) =>
    works.slice(from).map((__, more) => sum(works.slice(from, from + more + 1))),
  )
  const possible = inRow.filter((most) => most >= Math.max(...works)).toSorted((one, other) => one - other)
  return possible.find((most) => beginnings(works, most).length < streams) ?? sum(works)
}

/**
 * By which sizes a directory is parted among streams that copy side by side: each takes the files up to its border that are above the one
 * before, a last one those above all. No border: one stream. By size, because all names of one file have one size, so that hard links are never
 * parted; and each side can tell a file's part by itself, whatever its name.
 */
export function borderSizes(tree: CopiedTree, streams: number): readonly number[] {
  const sizes = tree.sizes.toSorted((one, other) => one.upToBytes - other.upToBytes)
  const files = sum(sizes.map((of) => of.files))
  const works = sizes.map((of) => copyWork({ ...tree, sizes: [of] }))
  const most = Math.min(
    streams,
    tree.isWhole ? streamsMax : streamsMin,
    Math.floor(listedFilesMax / Math.max(1, files)),
  )
  if (most < 2 || works.length < 2) return []
  const best = leastOfBusiest(works, most)
  const counts = Array.from({ length: most }, (_, index) => index + 1)
  const enough = counts.find((count) => leastOfBusiest(works, count) - best < worthwhileBytes) ?? most
  return beginnings(works, leastOfBusiest(works, enough)).flatMap(
    (index) => sizes[index - 1]?.upToBytes ?? [],
  )
}

/** The tree without others that lie in it and are copied by themselves. */
export function withoutInner(tree: CopiedTree, inner: readonly CopiedTree[]): CopiedTree {
  const within = (upToBytes: number) =>
    inner.flatMap(({ sizes }) => sizes.filter((of) => of.upToBytes === upToBytes))
  const sizes = tree.sizes.map(({ upToBytes, files, bytes }) => ({
    upToBytes,
    files: files - sum(within(upToBytes).map((of) => of.files)),
    bytes: Math.max(0, bytes - sum(within(upToBytes).map((of) => of.bytes))),
  }))
  return {
    sizes: sizes.filter(({ files }) => files > 0),
    isWhole: tree.isWhole && inner.every(({ isWhole }) => isWhole),
  }
}
