import {
  borderSizes,
  type CopiedTree,
  copyWork,
  streamsAtOnce,
  withoutInner,
} from '@/lib/domain/copy-streams'
import { nestedIn } from '@/lib/domain/nested-directories'
import type { DirectorySetting } from '@/lib/domain/pair'
import type { FileBasis } from '@/lib/operations/create/basis'
import { answerOf } from '@/lib/operations/preflight/host-facts'

/** How one directory is copied for the first time. */
export type PlannedCopy = {
  readonly directory: DirectorySetting
  /** By which sizes its files are parted among streams; none: one stream. */
  readonly borders: readonly number[]
}

export type PlannedCopies = {
  /** Streams of all copies together that run at once. */
  readonly streams: number
  /** In the order in which they begin: what takes longest first. */
  readonly copies: readonly PlannedCopy[]
}

/** What the preflight counted on the primary of each path; nothing where it was not counted. */
function treesOf({ facts }: Pick<FileBasis, 'facts'>): (path: string) => CopiedTree {
  const counted = new Map((answerOf(facts.primary.paths) ?? []).map((of) => [of.path, of]))
  return (path) => {
    const found = counted.get(path)
    return { sizes: found?.sizes ?? [], isWhole: found?.walk === 'whole' }
  }
}

/** How the directories are copied for the first time, by what the preflight found: plain data, so what is shown is what runs. */
export function copiesOf(basis: Pick<FileBasis, 'pair' | 'facts'>): PlannedCopies {
  const { directories } = basis.pair.settings
  const { primary, standby } = basis.facts
  const streams = streamsAtOnce(
    [primary, standby].map(({ machine }) => answerOf(machine)?.processors ?? null),
  )
  const treeOf = treesOf(basis)
  const copies = directories.map((directory) => {
    const inner = nestedIn(directory, directories).map((path) => treeOf(directory.path + path))
    const tree = withoutInner(treeOf(directory.path), inner)
    return { directory, borders: borderSizes(tree, streams), work: copyWork(tree) }
  })
  return { streams, copies: copies.toSorted((one, other) => other.work - one.work) }
}
