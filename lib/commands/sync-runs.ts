import { asRoot, type Command, sh } from '@/lib/commands/command'
import { asidePath, pairDirectory } from '@/lib/domain/pair-names'
import {
  rotationPath,
  runsDirectory,
  schedulePath,
  settingsDirectory,
  syncProgram,
} from '@/lib/domain/sync-names'

/** The first copy into an empty directory, with progress on standard output. */
export const firstCopy = (slug: string, id: string): Command =>
  asRoot(sh`${syncProgram} ${slug} ${id} --first`)

/** A pull that somebody waits for. */
export const pullNow = (slug: string, id: string): Command => asRoot(sh`${syncProgram} ${slug} ${id} --now`)

/** Ends copies that run and returns when none does; exit code 1 when one can't be ended within 10 s. */
export const endCopies = (slug: string, ids: readonly string[]): Command =>
  asRoot(sh`cd ${runsDirectory(slug)} 2>/dev/null || exit 0
for id in ${ids}; do
  [ -e "$id.lock" ] || continue
  { read -r pid began <"$id.running" && read -r _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ start _ <"/proc/$pid/stat"; } 2>/dev/null &&
    [ "$start" = "$began" ] && { kill -s TERM "$pid"; pkill -TERM -P "$pid"; }
  flock -w 10 "$id.lock" true || exit 1
done`)

/** Takes the schedule out of cron's sight, kept for undo; cron(8) looks each minute. */
export const stopSchedule = (slug: string): Command =>
  asRoot(
    sh`[ ! -e ${schedulePath(slug)} ] || { mv -fT -- ${schedulePath(slug)} ${`${pairDirectory(slug)}/schedule`} && sync -- /etc/cron.d; }`,
  )

export const startSchedule = (slug: string): Command =>
  asRoot(
    sh`[ ! -e ${`${pairDirectory(slug)}/schedule`} ] || { mv -fT -- ${`${pairDirectory(slug)}/schedule`} ${schedulePath(slug)} && sync -- /etc/cron.d; }`,
  )

export const findSchedule = (slug: string): Command => asRoot(sh`[ -e ${schedulePath(slug)} ]`)

export const removeSchedule = (slug: string): Command =>
  asRoot(sh`rm -f -- ${schedulePath(slug)} ${rotationPath(slug)}`)

/** Exit code 0 when a cron daemon runs. */
export const findCron = (): Command => asRoot(sh`pgrep -x 'cron|crond' >/dev/null`)

/**
 * Removes settings and records of the pair, and the program when no other pair on this host uses it. Human logs stay: they
 * are history. The records go aside under the operation's mark, so that a later first copy is not taken for done.
 */
export const removeRunner = (slug: string, program: string, mark: string): Command =>
  asRoot(sh`rm -rf -- ${`${settingsDirectory(slug)}/directories`} && rm -f -- ${`${settingsDirectory(slug)}/pair.conf`} ${`${settingsDirectory(slug)}/known_hosts`}
runs=${runsDirectory(slug)}; aside=${asidePath(runsDirectory(slug), mark)}
if [ -d "$runs" ]; then rm -rf -- "$aside"; mv -T -- "$runs" "$aside"; fi
rmdir -- ${settingsDirectory(slug)} /etc/understudy 2>/dev/null
[ -d /etc/understudy ] || { rm -f -- ${program}; rmdir -- "$(dirname -- ${program})" 2>/dev/null; }
true`)
