import { asRoot, type Command, sh } from '@/lib/commands/command'
import { pairDirectory } from '@/lib/domain/pair-names'
import {
  programDirectory,
  rotationPath,
  runsDirectory,
  schedulePath,
  sendProgram,
  settingsDirectory,
  sourceMarkName,
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

/** Forgets all runs: whether there was a first copy is seen by their records. Human logs stay: they are history. */
export const removeRecords = (slug: string): Command => asRoot(sh`rm -rf -- ${runsDirectory(slug)}`)

/** Removes a program of ours where no pair of this host has settings any more. */
const removeUnused = (program: string): Command =>
  asRoot(sh`rmdir -- /etc/understudy 2>/dev/null
[ -d /etc/understudy ] || { rm -f -- ${program}; rmdir -- ${programDirectory} 2>/dev/null; }
true`)

/** Removes the pair's settings for copying, and the program when no other pair of this host needs it. */
export const removeRunner = (slug: string): Command => {
  const settings = settingsDirectory(slug)
  return asRoot(sh`rm -rf -- ${`${settings}/directories`} && rm -f -- ${`${settings}/pair.conf`} ${`${settings}/known_hosts`} || exit 1
rmdir -- ${settings} 2>/dev/null
${removeUnused(syncProgram)}`)
}

/** Removes the program for sending, when no pair of this host needs it any more. */
export const removeSender = (): Command => removeUnused(sendProgram)

/** For each directory a line `id bytes`: how much a running first copy has done. Without a line: nothing yet. */
export const readCopyProgress = (slug: string, ids: readonly string[]): Command =>
  sh`cd ${runsDirectory(slug)} 2>/dev/null && for id in ${ids}; do
  tail -c 400 -- "$id.items" 2>/dev/null | tr '\\r' '\\n' | sed -n "s/^ *\\([0-9][0-9]*\\)  *[0-9]*%.*/$id \\1/p" | tail -n 1
done; true`

/** Exit code 0 when the directory is one that a first copy has filled. */
export const findCopy = (path: string): Command => asRoot(sh`[ -e ${`${path}/${sourceMarkName}`} ]`)
