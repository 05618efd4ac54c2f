import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'

/** Exit codes of the commands here: the new name is taken; it is on another file system, where a rename would be a copy. */
export const moveExitCodes = { taken: 17, otherFileSystem: 18 } as const

/**
 * Renames a directory on its own file system; refuses (exit code `taken`) when the new name is taken, so that nothing is
 * ever moved into or over something, and (`otherFileSystem`) where mv(1) would copy and delete instead.
 */
export const renameDirectory = (from: string, to: string): Command =>
  asDatabaseOwner(sh`from=${from}; to=${to}
[ ! -e "$to" ] && [ ! -L "$to" ] || exit ${moveExitCodes.taken}
[ "$(stat -c '%d %m' -- "$(dirname -- "$from")")" = "$(stat -c '%d %m' -- "$(dirname -- "$to")")" ] || exit ${moveExitCodes.otherFileSystem}
mv -T -- "$from" "$to" && sync -- "$(dirname -- "$to")"`)

/**
 * Shell functions for a data directory that is the root of a file system, and so can't be renamed: its entries are, one after the
 * other. `global`, without which no server starts there, tells whose place it is: it is moved by itself. What belongs to
 * the file system (`lost+found`) and what Understudy keeps there stays. All of it can be cut off anywhere and begun again.
 */
const movers = sh`one() { [ -e "$1/$3" ] || [ -L "$1/$3" ] || return 0
[ ! -e "$2/$3" ] && [ ! -L "$2/$3" ] || exit ${moveExitCodes.taken}
[ "$(stat -c %d -- "$1/$3")" = "$(stat -c %d -- "$2")" ] || exit ${moveExitCodes.otherFileSystem}
mv -T -- "$1/$3" "$2/$3" || exit 1; }
most() { for f in "$1"/* "$1"/.[!.]* "$1"/..?*; do case \${f##*/} in
lost+found|.understudy-*|global|standby.signal) ;;
*) one "$1" "$2" "\${f##*/}" ;;
esac; done; }
signal() { [ -e "$2/standby.signal" ] || { cp -p -- "$1/standby.signal" "$2/.understudy-signal" && mv -T -- "$2/.understudy-signal" "$2/standby.signal"; } || exit 1; }
room() { [ -d "$1" ] || mkdir -m 0700 -- "$1" || exit 1; }`

/** Moves the content of `data` into `aside`, a directory in it; `global` last. */
export const moveContentAside = (data: string, aside: string): Command =>
  asDatabaseOwner(sh`${movers}
data=${data}; aside=${aside}
room "$aside"; most "$data" "$aside"; one "$data" "$aside" standby.signal; one "$data" "$aside" global
sync -- "$data"`)

/** The way back of `moveContentAside`; `global` first. */
export const bringContentBack = (aside: string, data: string): Command =>
  asDatabaseOwner(sh`${movers}
data=${data}; aside=${aside}
[ -d "$aside" ] || exit 0
one "$aside" "$data" global; most "$aside" "$data"; one "$aside" "$data" standby.signal
rmdir -- "$aside" && sync -- "$data"`)

/** Moves the content of a copy up into `data`: its `standby.signal` stands there before anything that could start does. */
export const placeContent = (copy: string, data: string): Command =>
  asDatabaseOwner(sh`${movers}
data=${data}; copy=${copy}
[ -d "$copy" ] || exit 0
signal "$copy" "$data"; most "$copy" "$data"; one "$copy" "$data" global
rm -f -- "$copy/standby.signal" && rmdir -- "$copy" && sync -- "$data"`)

/** The way back of `placeContent`; the `standby.signal` in `data` goes last. */
export const takeContentOut = (data: string, copy: string): Command =>
  asDatabaseOwner(sh`${movers}
data=${data}; copy=${copy}
room "$copy"; signal "$data" "$copy"; most "$data" "$copy"; one "$data" "$copy" global
rm -f -- "$data/standby.signal" && sync -- "$data"`)

/** Removes a copy, or the trial of one, that an operation made. Only paths that end with the mark of one are accepted: throws RangeError. */
export function removeCopy(path: string): Command {
  if (!/\.understudy-[0-9a-f]{8}-(copy|trial)$/.test(path))
    throw new RangeError(`not a copy of ours: ${path}`)
  return asDatabaseOwner(sh`rm -rf -- ${path}`)
}
