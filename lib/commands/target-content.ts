import { type Command, sh } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import type { PairPlaces } from '@/lib/domain/host-places'
import { pairDirectory } from '@/lib/domain/pair-names'
import { sourceMarkName } from '@/lib/domain/sync-names'
import { type SyncTarget, targetPlace } from '@/lib/domain/sync-target'

/** Exit codes, of `lib/commands/sync-targets.ts` too, that mean something of their own. */
export const targetExitCodes = { taken: 17, otherFileSystem: 18, notMounted: 19 } as const

/**
 * A synced directory of the standby that stays in its place, because it is the root of a file system or reached by a link: what is in
 * it makes room. Its entries are renamed within the file system, so nothing is copied and nothing deleted; what belongs to the file
 * system (`lost+found`) and what Understudy keeps there stays. `part` holds the old content while it is on its way, `aside` when
 * all of it is there, so each of these can be cut off anywhere and begun again. The mark goes first and comes last: where it
 * stands, the runner writes.
 *
 * The directory itself changes too: its times by the moves; owner, mode, ACL and attributes by the copy. As it was it is kept in
 * `root`, an archive of it without its content; `mount` says which file system it is on.
 */
const program = sh`entries() { from=$1; shift; find "$from/" -mindepth 1 -maxdepth 1 ! -name ${sourceMarkName} ! \\( -type d \\( -name lost+found -o -name '.understudy-*' \\) \\) "$@"; }
most() { entries "$1" -exec mv -n -t "$2" -- {} +
[ -z "$(entries "$1" -print -quit)" ] || exit ${targetExitCodes.taken}; }
mark() { [ -e "$1/${sourceMarkName}" ] || [ -L "$1/${sourceMarkName}" ] || return 0
[ ! -e "$2/${sourceMarkName}" ] && [ ! -L "$2/${sourceMarkName}" ] || exit ${targetExitCodes.taken}
mv -T -- "$1/${sourceMarkName}" "$2/${sourceMarkName}" || exit 1; }
room() { [ -d "$1" ] || mkdir -m 0700 -- "$1" || exit 1; }
archive='tar --format=posix --no-recursion --acls --xattrs --numeric-owner'`

function valuesOf(at: PairPlaces, target: SyncTarget, mark: string): Command {
  const { aside, copy } = targetPlace(target, mark)
  const record = (what: string) => `${pairDirectory(at)}/${what}-${target.id}-${mark}`
  return sh`path=${target.path}; aside=${aside}; part=${`${aside}-part`}; copy=${copy}
root=${record('root')}; mount=${record('mount')}`
}

/** Moves the content aside; exit code `notMounted` where the directory is neither the root of a file system nor a link. */
export const putContentAside = (at: PairPlaces, target: SyncTarget, mark: string): Command =>
  asKeeper(
    at,
    sh`${program}
${valuesOf(at, target, mark)}
if [ ! -d "$aside" ]; then
  on=$(stat -Lc %m -- "$path")
  [ -n "$on" ] && { [ -L "$path" ] || [ "$on" = "$(readlink -f -- "$path")" ]; } || exit ${targetExitCodes.notMounted}
  if [ ! -e "$root" ]; then
    install -d -m 0755 -- ${pairDirectory(at)} && printf '%s\\n' "$on" >"$mount" && (umask 077; $archive -C "$path/" -cf "$root.new" .) &&
      sync -- "$root.new" "$mount" && mv -fT -- "$root.new" "$root" || exit 1
  fi
  room "$part"; mark "$path" "$part"; most "$path" "$part"
  mv -T -- "$part" "$aside" && sync -- "$path/"
fi`,
  )

/** Exit code 0 when all of the content is aside. */
export const isContentAside = (at: PairPlaces, target: SyncTarget, mark: string): Command =>
  asKeeper(at, sh`[ -d ${targetPlace(target, mark).aside} ]`)

/**
 * The way back: the copy's content goes out and, unless it is kept, is removed; the old comes in. Does nothing where nothing was begun.
 */
export const bringContentBack = (
  at: PairPlaces,
  target: SyncTarget,
  mark: string,
  keepsCopy: boolean,
): Command =>
  asKeeper(
    at,
    sh`${program}
${valuesOf(at, target, mark)}
if [ -e "$root" ]; then
  [ "$(stat -Lc %m -- "$path")" = "$(cat -- "$mount")" ] || exit ${targetExitCodes.notMounted}
  if [ -d "$aside" ]; then room "$copy"; mark "$path" "$copy"; most "$path" "$copy"; mv -T -- "$aside" "$part" || exit 1; fi
  if [ -d "$part" ]; then most "$part" "$path/"; mark "$part" "$path"; rmdir -- "$part" || exit 1; fi
  ${keepsCopy ? sh`` : sh`rm -rf -- "$copy" &&`} $archive -C "$path/" -xpf "$root" && sync -- "$path/" || exit 1
fi
rm -f -- "$root" "$root.new" "$mount"`,
  )
