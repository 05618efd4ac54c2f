import { all, type Command, sh } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import {
  bringContentBack,
  isContentAside,
  putContentAside,
  targetExitCodes,
} from '@/lib/commands/target-content'
import type { PairPlaces } from '@/lib/domain/host-places'
import { pairDirectory } from '@/lib/domain/pair-names'
import { type SyncTarget, targetPlace } from '@/lib/domain/sync-target'

/** Remembers that there was no directory to put aside: then undo leaves none behind. */
const absentRecord = (at: PairPlaces, id: string, mark: string) => `${pairDirectory(at)}/absent-${id}-${mark}`

/**
 * Makes room for the copy of a directory of the standby: it gets another name beside itself, on the same file system, or its content
 * moves into a directory within it where it stays in its place. Exit code `otherFileSystem` for a mount point that was none when
 * that was planned, `notMounted` for the other way round. Nothing is deleted. Does nothing when it is done already.
 */
export function putTargetAside(at: PairPlaces, target: SyncTarget, mark: string): Command {
  if (target.staysInPlace) return putContentAside(at, target, mark)
  const { id, path } = target
  const { aside } = targetPlace(target, mark)
  return asKeeper(
    at,
    sh`path=${path}; aside=${aside}; absent=${absentRecord(at, id, mark)}
if [ ! -e "$aside" ] && [ ! -e "$absent" ]; then
  if [ -e "$path" ] || [ -L "$path" ]; then
    parent=$(dirname -- "$path")
    [ -L "$path" ] || [ "$(stat -c '%d %m' -- "$path")" = "$(stat -c '%d %m' -- "$parent")" ] || exit ${targetExitCodes.otherFileSystem}
    mv -T -- "$path" "$aside" && sync -- "$parent"
  else
    install -d -m 0755 -- ${pairDirectory(at)} && : >"$absent" && sync -- "$absent"
  fi
fi`,
  )
}

/** Exit code 0 when the directory was put aside, or there was none. */
export const findTargetAside = (at: PairPlaces, target: SyncTarget, mark: string): Command =>
  target.staysInPlace
    ? isContentAside(at, target, mark)
    : asKeeper(
        at,
        sh`[ -e ${targetPlace(target, mark).aside} ] || [ -e ${absentRecord(at, target.id, mark)} ]`,
      )

/**
 * Takes the copy out of the directory's place and gives the old one its name, or its content, back, then removes the copy, unless it
 * is kept as `targetPlace` names it. Exit
 * code `taken` when a copy that an undo before this one took out is still there and so is another one, `notMounted` when the
 * file system with the old content is away.
 */
export function bringTargetBack(
  at: PairPlaces,
  target: SyncTarget,
  mark: string,
  { keepsCopy = false }: { readonly keepsCopy?: boolean } = {},
): Command {
  if (target.staysInPlace) return bringContentBack(at, target, mark, keepsCopy)
  const { id, path } = target
  const { aside, copy } = targetPlace(target, mark)
  const bring = asKeeper(
    at,
    sh`path=${path}; aside=${aside}; absent=${absentRecord(at, id, mark)}; copy=${copy}
if [ -e "$aside" ] || [ -L "$aside" ] || [ -e "$absent" ]; then
  if [ -e "$path" ]; then [ ! -e "$copy" ] || exit ${targetExitCodes.taken}; mv -T -- "$path" "$copy" || exit 1; fi
  [ -e "$absent" ] || mv -T -- "$aside" "$path" || exit 1
  sync -- "$(dirname -- "$path")"
fi
rm -f -- "$absent"`,
  )
  return keepsCopy ? bring : all(bring, asKeeper(at, sh`rm -rf -- ${copy}`))
}
