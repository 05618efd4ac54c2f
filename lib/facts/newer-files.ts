import { type Command, sh } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import type { HostPlaces } from '@/lib/domain/host-places'
import { sourceMarkName } from '@/lib/domain/sync-names'

/** How long one directory is searched, and how many files are counted at most. */
export const newerLimits = { seconds: 4, files: 20_000 } as const

/** Of one directory: files that changed since, and whether that is all of them. Null where the directory is not there. */
export type NewerCount = { readonly files: number; readonly bytes: number; readonly isAll: boolean } | null

type Searched = {
  readonly id: string
  readonly path: string
  /** Paths in it, with a leading slash, that are no part of it. */
  readonly nested: readonly string[]
  /** By the clock of the host that is asked. */
  readonly since: string
}

/** What find(1) takes for exactly this path. */
const asPattern = (path: string): string => path.replace(/[\\*?[]/g, '\\$&')

const program = sh`search() {
  id=$1 path=$2 since=$3; shift 3
  [ -d "$path" ] || { printf '%s missing\\n' "$id"; return; }
  { timeout ${newerLimits.seconds} find "$path" -ignore_readdir_race "$@" -prune -o -type f -newerct "$since" -printf '%s\\n' 2>/dev/null; echo "end $?"; } |
    head -n ${newerLimits.files + 1} |
    awk -v id="$id" -v max=${newerLimits.files} '$1 == "end" { code = $2; ended = 1; next } files < max { files++; bytes += $1 }
      END { printf "%s %d %.0f %s\\n", id, files, bytes, ended && code == 0 ? "all" : "part" }'
}`

/**
 * For each directory a line `id files bytes all|part`, or `id missing`. By the time of the inode's change, which a file that was
 * moved here with an older time has too (find(1), -newerct). All are searched at once, each within its limits.
 */
export function newerFilesQuestion(at: HostPlaces, directories: readonly Searched[]): Command {
  const searches = directories.map(({ id, path, nested, since }) => {
    const own = ['(', '-path', asPattern(`${path}/${sourceMarkName}`)]
    const pruned = [...own, ...nested.flatMap((inner) => ['-o', '-path', asPattern(`${path}${inner}`)]), ')']
    return sh`search ${id} ${path} ${since} ${pruned} &`
  })
  return asKeeper(at, {
    ...program,
    text: [program.text, ...searches.map(({ text }) => text), 'wait'].join('\n'),
  })
}

/** Parses the answer, by id of the directory. Lines of another form are none. */
export function parseNewerFiles(text: string): ReadonlyMap<string, NewerCount> {
  const counts = new Map<string, NewerCount>()
  for (const line of text.split('\n')) {
    const [, id, files, bytes, how] =
      /^([a-z][a-z0-9-]*) (?:missing|(\d+) (\d+) (all|part))$/.exec(line) ?? []
    if (id === undefined) continue
    counts.set(
      id,
      files === undefined ? null : { files: Number(files), bytes: Number(bytes), isAll: how === 'all' },
    )
  }
  return counts
}
