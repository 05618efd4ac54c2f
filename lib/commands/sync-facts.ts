import { type Command, sh } from '@/lib/commands/command'
import type { PairPlaces } from '@/lib/domain/host-places'
import { isDirectoryId, packageRunsDirectory, runsDirectory } from '@/lib/domain/sync-names'

function requireIds(ids: readonly string[]): void {
  const wrong = ids.find((id) => !isDirectoryId(id))
  if (wrong !== undefined) throw new RangeError(`not the id of a directory: ${wrong}`)
}

/**
 * What the runs of a pair's directories left on the standby, in one question without a single new process: for each
 * directory four lines (id, `running` or `idle`, the last run's record or nothing, the last good one's or nothing).
 * Any login user may ask. Parsed by `parseDirectoryRuns`. Throws RangeError for an id that is not one.
 */
export function readDirectoryRuns(at: PairPlaces, ids: readonly string[]): Command {
  requireIds(ids)
  return sh`for id in ${ids}; do
  f=${runsDirectory(at)}/$id state=idle pid= last= good= start=
  { read -r pid began <"$f.running" && read -r _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ start _ <"/proc/$pid/stat"; } 2>/dev/null
  [ -z "$start" ] || [ "$start" != "$began" ] || state=running
  { read -r last <"$f.last"; read -r good <"$f.good"; } 2>/dev/null
  echo "$id
$state
$last
$good"
done`
}

/**
 * The latest records of each directory: a line `id`, then at most `count` records, the newest last. Any login user may ask. Parsed by
 * `parseRecentRuns`. Throws RangeError for an id that is not one.
 */
export function readRecentRuns(at: PairPlaces, ids: readonly string[], count: number): Command {
  requireIds(ids)
  return sh`for id in ${ids}; do
  printf '\\n%s\\n' "$id" # behind a record that is still being written
  tail -n ${String(count)} -- ${runsDirectory(at)}/"$id.jsonl" 2>/dev/null
done; true`
}

/**
 * What the runs that keep the packages left on the standby, without a single new process: lines that begin with `package-state`,
 * `package-last` and `package-good`. Any login user may ask. Parsed by `toPackageFacts`.
 */
export const readPackageRuns = (
  at: PairPlaces,
): Command => sh`f=${packageRunsDirectory(at)}/run pid= began= start=
{ read -r pid began <"$f.running" && read -r _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ start _ <"/proc/$pid/stat"; } 2>/dev/null
if [ -n "$start" ] && [ "$start" = "$began" ]; then echo package-state running; else echo package-state idle; fi
if [ -r "$f.last" ] && read -r x <"$f.last"; then echo "package-last $x"; fi
if [ -r "$f.good" ] && read -r x <"$f.good"; then echo "package-good $x"; fi`
