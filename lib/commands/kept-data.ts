import { type Command, sh } from '@/lib/commands/command'
import type { FileToWrite } from '@/lib/commands/file'
import { asKeeper } from '@/lib/commands/keeper'
import type { PairPlaces } from '@/lib/domain/host-places'
import { keptDataPath } from '@/lib/domain/kept-data'
import { pairDirectory } from '@/lib/domain/pair-names'

/** The note of what an operation put aside. */
export const keptDataFile = (at: PairPlaces, mark: string, content: string): FileToWrite => ({
  path: keptDataPath(at, mark),
  content,
  mode: '0644',
  owner: at.owner,
  isSecret: false,
})

/** Prints the notes of everything that operations of this pair put aside there, one a line. */
export const readKeptNotes = (at: PairPlaces): Command =>
  asKeeper(at, sh`cat -- ${pairDirectory(at)}/kept-*.json 2>/dev/null; true`)

export const removeKeptData = (at: PairPlaces, mark: string): Command =>
  asKeeper(at, sh`rm -f -- ${keptDataPath(at, mark)}`)
