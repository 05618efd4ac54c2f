import type { Command } from '@/lib/commands/command'
import {
  bringContentBack,
  moveContentAside,
  placeContent,
  renameDirectory,
  takeContentOut,
} from '@/lib/commands/move-directory'
import type { DataPlace } from '@/lib/domain/data-place'

/** The four moves by which a copy takes the place of a standby's old data, and gives it back. */
export type DataMoves = {
  readonly putAside: Command
  readonly bringBack: Command
  readonly placeCopy: Command
  readonly takeOut: Command
}

/** As whole directories; entry by entry where the data directory is the root of a file system. */
export const dataMoves = ({ directory, isMount, aside, copy }: DataPlace): DataMoves =>
  isMount
    ? {
        putAside: moveContentAside(directory, aside),
        bringBack: bringContentBack(aside, directory),
        placeCopy: placeContent(copy, directory),
        takeOut: takeContentOut(directory, copy),
      }
    : {
        putAside: renameDirectory(directory, aside),
        bringBack: renameDirectory(aside, directory),
        placeCopy: renameDirectory(copy, directory),
        takeOut: renameDirectory(directory, copy),
      }
