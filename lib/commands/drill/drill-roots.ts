import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import type { FileToWrite } from '@/lib/commands/file'
import { type DrillPlaces, isDrillRoot, sentinelName } from '@/lib/domain/drill-places'

/** Exit code of the commands here: what stands at one of the places is not this drill's, or holds the running server's own data. */
export const foreignRoot = 17

/** Shell function: whether a directory is this drill's, by its sentinel, or by its name alone while nothing is in it. A link is nobody's. */
const isOurs = (sentinel: string): Command =>
  sh`ours() { [ -d "$1" ] && [ ! -L "$1" ] && { [ "$(head -n 1 -- "$1/${sentinelName}" 2>/dev/null)" = ${sentinel} ] || { [ -r "$1" ] && [ -z "$(ls -A -- "$1")" ]; }; }; }`

/** Makes the drill's directories, for their owner alone, each with its sentinel; those that are there already stay. */
export const makeDrillRoots = ({ roots }: Pick<DrillPlaces, 'roots'>, sentinel: string): Command =>
  asDatabaseOwner(sh`${isOurs(sentinel)}
for r in ${roots}; do
  ours "$r" || mkdir -m 0700 -- "$r" || exit ${foreignRoot}
  printf '%s\\n' ${sentinel} >"$r/${sentinelName}" && chmod 0700 -- "$r" && sync -- "$r/${sentinelName}" "$r" || exit 1
done`)

/**
 * Removes a directory of a drill with all that is in it; does nothing where there is none. Only one with a drill's name (throws
 * RangeError else) and sentinel, which goes last, and never the running server's data or what holds them. No link is followed, and no other
 * file system entered.
 */
export function removeDrillRoot(root: string, sentinel: string, dataDirectory: string): Command {
  if (!isDrillRoot(root)) throw new RangeError(`not a directory of a drill: ${root}`)
  return asDatabaseOwner(sh`${isOurs(sentinel)}
r=${root}; d=${dataDirectory}
[ -e "$r" ] || [ -L "$r" ] || exit 0
ours "$r" || exit ${foreignRoot}
case $(readlink -f -- "$d")/ in "$(readlink -f -- "$r")"/*) exit ${foreignRoot} ;; esac
find "$r" -mindepth 1 -maxdepth 1 ! -name ${sentinelName} -exec rm -rf --one-file-system -- {} + || exit 1
rm -f -- "$r/${sentinelName}" && rmdir -- "$r" && sync -- "$(dirname -- "$r")"`)
}

/** Lines `absent PATH`, `ours PATH` or `foreign PATH`, one for each of the directories. */
export const findDrillRoots = (roots: readonly string[], sentinel: string): Command =>
  asDatabaseOwner(sh`${isOurs(sentinel)}
for r in ${roots}; do
  if ours "$r"; then w=ours; elif [ -e "$r" ] || [ -L "$r" ]; then w=foreign; else w=absent; fi
  printf '%s %s\\n' "$w" "$r"
done`)

/** How far a drill has come, told by a file of this name in its directory. `made`: the copy is complete; `isolated`: it is a server of its own. */
type DrillMark = 'made' | 'isolated'
const markPath = ({ root }: Pick<DrillPlaces, 'root'>, mark: DrillMark): string => `${root}/${mark}`

/** A file among those of the drill. */
export const drillFile = (path: string, content: string, osUser: string): FileToWrite => ({
  path,
  content,
  mode: '0600',
  owner: `${osUser}:`,
  isSecret: false,
  as: 'database-owner',
})

export const drillMark = (places: DrillPlaces, mark: DrillMark, osUser: string): FileToWrite =>
  drillFile(markPath(places, mark), '', osUser)

/** Exit code 0 once it has come that far. */
export const findDrillMark = (places: DrillPlaces, mark: DrillMark): Command =>
  asDatabaseOwner(sh`[ -e ${markPath(places, mark)} ]`)
