import { all, asRoot, type Command, sh } from '@/lib/commands/command'
import { asidePath, copyPath, pairDirectory } from '@/lib/domain/pair-names'

/** Exit codes of the commands here that mean something of their own. */
export const targetExitCodes = { taken: 17, otherFileSystem: 18 } as const

/** Remembers that there was no directory to put aside: then undo leaves none behind. */
const absentRecord = (slug: string, id: string, mark: string) => `${pairDirectory(slug)}/absent-${id}-${mark}`

type Target = { readonly id: string; readonly path: string }

/**
 * Gives a directory of the standby another name beside it, on the same file system; exit code `otherFileSystem` for a
 * mount point, which can't be renamed. Nothing is deleted. Does nothing when it is done already.
 */
export function putTargetAside(slug: string, { id, path }: Target, mark: string): Command {
  const absent = absentRecord(slug, id, mark)
  return asRoot(sh`path=${path}; aside=${asidePath(path, mark)}; absent=${absent}
if [ ! -e "$aside" ] && [ ! -e "$absent" ]; then
  if [ -e "$path" ] || [ -L "$path" ]; then
    parent=$(dirname -- "$path")
    [ "$(stat -c %d -- "$path")" = "$(stat -c %d -- "$parent")" ] || exit ${targetExitCodes.otherFileSystem}
    mv -T -- "$path" "$aside" && sync -- "$parent"
  else
    install -d -m 0755 -- ${pairDirectory(slug)} && : >"$absent" && sync -- "$absent"
  fi
fi`)
}

/** Exit code 0 when the directory was put aside, or there was none. */
export const findTargetAside = (slug: string, { id, path }: Target, mark: string): Command =>
  asRoot(sh`[ -e ${asidePath(path, mark)} ] || [ -e ${absentRecord(slug, id, mark)} ]`)

/**
 * Takes the copy out of the directory's place and gives the old one its name back, then removes the copy. Exit code
 * `taken` when a copy that an undo before this one took out is still there and so is another one.
 */
export function bringTargetBack(slug: string, { id, path }: Target, mark: string): Command {
  const copy = copyPath(path, mark)
  return all(
    asRoot(sh`path=${path}; aside=${asidePath(path, mark)}; absent=${absentRecord(slug, id, mark)}; copy=${copy}
if [ -e "$aside" ] || [ -L "$aside" ] || [ -e "$absent" ]; then
  if [ -e "$path" ]; then [ ! -e "$copy" ] || exit ${targetExitCodes.taken}; mv -T -- "$path" "$copy" || exit 1; fi
  [ -e "$absent" ] || mv -T -- "$aside" "$path" || exit 1
  sync -- "$(dirname -- "$path")"
fi
rm -f -- "$absent"`),
    asRoot(sh`rm -rf -- ${copy}`),
  )
}
