import { all, type Command, sh } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import type { PairPlaces } from '@/lib/domain/host-places'
import { asidePath, copyPath, pairDirectory } from '@/lib/domain/pair-names'

/** Exit codes of the commands here that mean something of their own. */
export const targetExitCodes = { taken: 17, otherFileSystem: 18 } as const

/** Remembers that there was no directory to put aside: then undo leaves none behind. */
const absentRecord = (at: PairPlaces, id: string, mark: string) => `${pairDirectory(at)}/absent-${id}-${mark}`

type Target = { readonly id: string; readonly path: string }

/**
 * Gives a directory of the standby another name beside it, on the same file system; exit code `otherFileSystem` for a
 * mount point, which can't be renamed. Nothing is deleted. Does nothing when it is done already.
 */
export function putTargetAside(at: PairPlaces, { id, path }: Target, mark: string): Command {
  const absent = absentRecord(at, id, mark)
  return asKeeper(
    at,
    sh`path=${path}; aside=${asidePath(path, mark)}; absent=${absent}
if [ ! -e "$aside" ] && [ ! -e "$absent" ]; then
  if [ -e "$path" ] || [ -L "$path" ]; then
    parent=$(dirname -- "$path")
    [ "$(stat -c %d -- "$path")" = "$(stat -c %d -- "$parent")" ] || exit ${targetExitCodes.otherFileSystem}
    mv -T -- "$path" "$aside" && sync -- "$parent"
  else
    install -d -m 0755 -- ${pairDirectory(at)} && : >"$absent" && sync -- "$absent"
  fi
fi`,
  )
}

/** Exit code 0 when the directory was put aside, or there was none. */
export const findTargetAside = (at: PairPlaces, { id, path }: Target, mark: string): Command =>
  asKeeper(at, sh`[ -e ${asidePath(path, mark)} ] || [ -e ${absentRecord(at, id, mark)} ]`)

/**
 * Takes the copy out of the directory's place and gives the old one its name back, then removes the copy. Exit code
 * `taken` when a copy that an undo before this one took out is still there and so is another one.
 */
export function bringTargetBack(at: PairPlaces, { id, path }: Target, mark: string): Command {
  const copy = copyPath(path, mark)
  return all(
    asKeeper(
      at,
      sh`path=${path}; aside=${asidePath(path, mark)}; absent=${absentRecord(at, id, mark)}; copy=${copy}
if [ -e "$aside" ] || [ -L "$aside" ] || [ -e "$absent" ]; then
  if [ -e "$path" ]; then [ ! -e "$copy" ] || exit ${targetExitCodes.taken}; mv -T -- "$path" "$copy" || exit 1; fi
  [ -e "$absent" ] || mv -T -- "$aside" "$path" || exit 1
  sync -- "$(dirname -- "$path")"
fi
rm -f -- "$absent"`,
    ),
    asKeeper(at, sh`rm -rf -- ${copy}`),
  )
}
