import { z } from 'zod'
import { asRoot, type Command, sh } from '@/lib/commands/command'
import { unreadableSurvey } from '@/lib/facts/machine-survey'

const owner = z.object({ uid: z.int(), gid: z.int() })
const sizeClass = z.object({ upToBytes: z.number(), files: z.number(), bytes: z.number() })

/** What is known of a directory before anything is copied from it or to it. */
export const pathFacts = z.object({
  path: z.string(),
  exists: z.boolean(),
  uid: z.int().nullable(),
  gid: z.int().nullable(),
  /** Is the path itself the root of a file system; is it a link. */
  isMountPoint: z.boolean(),
  isLink: z.boolean().default(false),
  /** Kind of the file system, as df(1) names it; empty where an older plan did not ask. */
  fileSystem: z.string().default(''),
  /** File systems that are mounted within it, as the kernel writes their paths. */
  mountsWithin: z.array(z.string()).readonly().default([]),
  /** Root of the file system that the path, or its nearest existing parent, lies in. Without it: read by a version that did not ask. */
  mountPoint: z.string().default(''),
  /** What is mounted there, as the kernel says: a device, or `server:/export` of a network's. */
  source: z.string().default(''),
  /** Device of the file system of the path or of its nearest existing parent. */
  device: z.string(),
  freeBytes: z.number(),
  /** Size of the tree; null when it could not be counted, for the reason that `walk` tells. */
  usedBytes: z.number().nullable(),
  /** Every pair of owner and group in the tree, as far as it was walked. */
  owners: z.array(owner).readonly().default([]),
  /** Its files by their sizes, as far as it was walked, hard links once; of each class those above half of its bound, but the smallest. */
  sizes: z.array(sizeClass).readonly().default([]),
  /** How far the tree was walked: whole, until the time was over, or past parts that could not be read. */
  walk: z.enum(['whole', 'cut-short', 'in-part']).default('whole'),
})
export type PathFacts = z.infer<typeof pathFacts>

/**
 * Adds up blocks, each file once whatever its number of links, and gathers owners and sizes; the last line is the exit code of find. Where its
 * time was over the line before may be cut off. A large number is a key by its digits: an awk may write it shorter.
 */
const addUp = `$1 == "end" { code = $2; next }
NF < 6 { next }
$3 > 1 { if ($4 in seen) next; seen[$4] = 1 }
{ blocks += $2; owners[$1] = 1 }
$5 == "f" { for (c = 64; c < $6; c *= 2) continue; c = sprintf("%.0f", c); files[c]++; bytes[c] += $6 }
END { for (o in owners) list = list (list == "" ? "" : " ") o
  for (c in files) sizes = sizes (sizes == "" ? "" : " ") sprintf("%s:%.0f:%.0f", c, files[c], bytes[c])
  printf "%.0f\\t%s\\t%s\\t%s", blocks * 512, list, code, sizes }`

/**
 * One line a path, in whichever order they are answered: `path<TAB>exists<TAB>uid<TAB>gid<TAB>mount<TAB>mountPoint<TAB>device<TAB>free<TAB>
 * file system<TAB>source<TAB>used<TAB>owners<TAB>code<TAB>sizes<TAB>link<TAB>mounts within`. Asked as root so that trees of other users
 * can be walked; all are walked at once, each once, for at most `walkSeconds`.
 */
export function pathsQuestion(paths: readonly string[], walkSeconds: number, privileged: boolean): Command {
  const command = sh`walk() { { nice -n 10 timeout ${walkSeconds} find -H "$1" -ignore_readdir_race -printf '%U:%G %b %n %D:%i %y %s\\n' 2>/dev/null; printf '\\nend %s\\n' "$?"; } | awk ${addUp}; }
look() { p=$1; d=$p; while [ ! -e "$d" ]; do d=$(dirname -- "$d") && [ -n "$d" ] || break; done
[ -L "$p" ] && l=yes || l=no
w=$(stat -Lc %m -- "$d")
if [ -e "$p" ]; then e=yes; r=$(readlink -f -- "$p"); o=$(stat -Lc '%u	%g' -- "$p"); [ "$w" = "$r" ] && m=yes || m=no; u=$(walk "$p")
i=$(UNDER="$(printf %s "$r" | sed 's/\\\\/\\\\134/g; s/ /\\\\040/g')/" awk 'index($5, ENVIRON["UNDER"]) == 1 { printf "%s ", $5 }' /proc/self/mountinfo)
else e=no; o='-	-'; m=no; u='0		0	'; i=; fi
set -- $(df -B1 --output=avail,fstype,source -- "$d" | tail -n 1); f=$1; k=$2; shift 2
printf '%s\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\n' "$p" "$e" "$o" "$m" "$w" "$(stat -Lc %d -- "$d")" "$f" "$k" "$*" "$u" "$l" "$i"; }
for p in ${paths}; do look "$p" & done; wait`
  return privileged ? asRoot(command) : command
}

const toNumber = (text: string | undefined) => (text === undefined || text === '-' ? null : Number(text))

/** What timeout(1) ends with when the time was over. */
const timedOut = '124'

const toOwners = (text: string | undefined) =>
  (text ?? '')
    .split(' ')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [uid, gid] = pair.split(':').map(Number)
      return { uid, gid }
    })

const toSizes = (text: string | undefined) =>
  (text ?? '')
    .split(' ')
    .filter((part) => part !== '')
    .map((part) => {
      const [upToBytes, files, bytes] = part.split(':').map(Number)
      return { upToBytes, files, bytes }
    })

/** Parses `pathsQuestion`: one entry a path. Throws HOST_COMMAND_FAILED on another shape. */
export function parsePaths(text: string): readonly PathFacts[] {
  const lines = text.split('\n').filter((line) => line !== '')
  const parsed = z.array(pathFacts).safeParse(
    lines.map((line) => {
      const [path, exists, uid, gid, mount, mountPoint, device, free, fileSystem, source, ...walked] =
        line.split('\t')
      const [used, owners, code, sizes, link, within] = walked
      return {
        path,
        exists: exists === 'yes',
        uid: toNumber(uid),
        gid: toNumber(gid),
        isMountPoint: mount === 'yes',
        isLink: link === 'yes',
        fileSystem,
        mountsWithin: (within ?? '').split(' ').filter((name) => name !== ''),
        mountPoint,
        source,
        device,
        freeBytes: Number(free),
        usedBytes: code === '0' ? toNumber(used) : null,
        owners: toOwners(owners),
        sizes: toSizes(sizes),
        walk: code === '0' ? 'whole' : code === timedOut ? 'cut-short' : 'in-part',
      }
    }),
  )
  if (!parsed.success) throw unreadableSurvey('its file systems', z.prettifyError(parsed.error))
  return parsed.data
}
