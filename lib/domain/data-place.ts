import { asidePath, copyPath } from '@/lib/domain/pair-names'

/** Where a standby's database lies, where its old data is kept, and where the new copy is made: all on one file system. */
export type DataPlace = {
  /** The directory itself: a link to it is followed. */
  readonly directory: string
  /** It is the root of a file system: it can't be renamed, so both others are in it. */
  readonly isMount: boolean
  readonly aside: string
  readonly copy: string
}

/** How long data that was put aside is kept at least; nothing but an explicit purge removes it, then or later. */
export const keptDays = 30

export function dataPlace(given: {
  readonly directory: string
  readonly isMount: boolean
  /** Where the operator wants the old data; null: beside the new. */
  readonly asideDirectory: string | null
  readonly mark: string
}): DataPlace {
  const { directory, isMount, asideDirectory, mark } = given
  const name = directory.slice(directory.lastIndexOf('/') + 1)
  const beside = isMount ? `${directory}/` : directory
  return {
    directory,
    isMount,
    aside:
      isMount || asideDirectory === null
        ? asidePath(beside, mark)
        : asidePath(`${asideDirectory}/${name}`, mark),
    copy: copyPath(beside, mark),
  }
}
