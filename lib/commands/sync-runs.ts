import { asRoot, type Command, sh, withStdin } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import { runnerPackagePaths, senderPackagePaths } from '@/lib/commands/package-sync'
import type { HostPlaces, PairPlaces } from '@/lib/domain/host-places'
import type { Package, PackageKind } from '@/lib/domain/packages'
import type { Role } from '@/lib/domain/pair'
import { pairDirectory } from '@/lib/domain/pair-names'
import {
  catchUpProgram,
  packageRunsDirectory,
  packagesProgram,
  rotationPath,
  runsDirectory,
  schedulePath,
  sendProgram,
  settingsDirectory,
  sourceMarkName,
  syncProgram,
} from '@/lib/domain/sync-names'

/** The first copy into an empty directory, with progress on standard output. */
export const firstCopy = (at: PairPlaces, id: string): Command =>
  asKeeper(at, sh`${syncProgram(at)} ${at.slug} ${id} --first`)

/** A pull that somebody waits for. */
export const pullNow = (at: PairPlaces, id: string): Command =>
  asKeeper(at, sh`${syncProgram(at)} ${at.slug} ${id} --now`)

/**
 * How long a copy that is told to end may take. One whose primary is dead has removed what it had half written at once, and then waits for
 * an answer that never comes.
 */
export const copyGraceMs = { alive: 8_000, dead: 40 } as const
const endsWithinMs = 10_000
const roundMs = 20
const roundsBetweenSignals = 10

/** Shell text for `endCopies`; it exits. */
const endCopiesText = (at: PairPlaces, ids: readonly string[], graceMs: number): Command =>
  sh`cd ${runsDirectory(at)} 2>/dev/null || exit 0
round=0
while [ "$round" -lt ${endsWithinMs / roundMs} ]; do
  [ "$round" -lt ${Math.ceil(graceMs / roundMs)} ] && signal=TERM || signal=KILL
  busy=
  for held in /proc/[0-9]*/fd/9; do
    for id in ${ids}; do
      [ "$held" -ef "$id.lock" ] || continue
      busy=yes
      if [ "$signal" = KILL ] || [ $((round % ${roundsBetweenSignals})) -eq 0 ]; then
        holder=\${held#/proc/} holder=\${holder%%/*} children=
        { read -r children <"/proc/$holder/task/$holder/children"; } 2>/dev/null
        kill -s "$signal" "$holder" $children 2>/dev/null
      fi
      break
    done
  done
  if [ -z "$busy" ]; then
    for id in ${ids}; do [ ! -e "$id.lock" ] || flock -n 8 8<"$id.lock" || busy=yes; done
    [ -n "$busy" ] || exit 0
  fi
  sleep ${String(roundMs / 1000)}
  round=$((round + 1))
done
exit 1`

/**
 * Ends copies that run, or wait to, and returns when none does; exit code 1 when one can't be ended within 10 s. All who hold a copy's
 * lock (its descriptor 9) are told at once, with their children: an rsync whose network is gone waits for its ssh, which holds no lock. They
 * are told again every 200 ms, for a shell between two programs starts the next one before it hears, and killed after `graceMs`.
 */
export const endCopies = (
  at: PairPlaces,
  ids: readonly string[],
  graceMs: number = copyGraceMs.alive,
): Command => asKeeper(at, endCopiesText(at, ids, graceMs))

/** Where a schedule is that was taken out of cron's sight. */
export const keptSchedule = (at: PairPlaces): string => `${pairDirectory(at)}/schedule`

const holdText = (at: PairPlaces): Command =>
  sh`if [ -e ${schedulePath(at.slug)} ]; then
  mv -fT -- ${schedulePath(at.slug)} ${keptSchedule(at)} && sync -- /etc/cron.d || exit 1
fi`

/** Takes the schedule out of cron's sight, kept until it starts again (cron(8) looks each minute). A copy that runs goes on to its end. */
export const holdSchedule = (at: PairPlaces): Command => asRoot(holdText(at))

/** The same, and ends the copies that run as `endCopies` does. In one command: a promotion waits for it. */
export const stopSchedule = (at: PairPlaces, ids: readonly string[], graceMs: number): Command =>
  asRoot(sh`${holdText(at)}
${endCopiesText(at, ids, graceMs)}`)

export const startSchedule = (at: PairPlaces): Command =>
  asRoot(
    sh`[ ! -e ${keptSchedule(at)} ] || { mv -fT -- ${keptSchedule(at)} ${schedulePath(at.slug)} && sync -- /etc/cron.d; }`,
  )

export const findSchedule = ({ slug }: PairPlaces): Command => asRoot(sh`[ -e ${schedulePath(slug)} ]`)

/** Also one that `stopSchedule` keeps. */
export const removeSchedule = (at: PairPlaces): Command =>
  asRoot(sh`rm -f -- ${schedulePath(at.slug)} ${rotationPath(at)} ${keptSchedule(at)}`)

/** Exit code 0 when a cron daemon runs. */
export const findCron = (at: HostPlaces): Command => asKeeper(at, sh`pgrep -x 'cron|crond' >/dev/null`)

/** Forgets all runs: whether there was a first copy is seen by their records. Human logs stay: they are history. */
export const removeRecords = (at: PairPlaces): Command => asKeeper(at, sh`rm -rf -- ${runsDirectory(at)}`)

/** Removes programs of ours where no pair of this host has one of the files any more that they go by. */
function removeUnused(at: HostPlaces, programs: readonly string[], by: readonly string[]): Command {
  const used = by.map((name) => sh`${at.settings}/*/${name}`.text).join(' ')
  return asKeeper(
    at,
    sh`rmdir -- ${at.settings} 2>/dev/null
(for used in ${{ ...sh``, text: used }}; do [ ! -e "$used" ] || exit 0; done
rm -f -- ${programs}; rmdir -- ${at.programs} 2>/dev/null)
true`,
  )
}

/** The program that keeps packages goes with the last pair of this host that keeps, or says, which there are. */
const removePackagesProgram = (at: HostPlaces): Command =>
  removeUnused(at, [packagesProgram(at)], ['packages.conf', 'send-packages.conf'])

/** Removes what the runner goes by to keep packages; their lists and logs stay. */
export const forgetPackageRuns = (at: PairPlaces): Command =>
  asKeeper(at, sh`rm -f -- ${runnerPackagePaths(at)} || exit 1\n${removePackagesProgram(at)}`)

/** Has the primary say no more which packages it has. */
export const forgetPackageAnswers = (at: PairPlaces): Command =>
  asKeeper(at, sh`rm -f -- ${senderPackagePaths(at)} || exit 1\n${removePackagesProgram(at)}`)

/** Exit code 0 when the host neither keeps packages for the pair nor says which it has. */
export const knowsNoPackages = (at: PairPlaces, role: Role): Command =>
  asKeeper(
    at,
    sh`for f in ${role === 'standby' ? runnerPackagePaths(at) : senderPackagePaths(at)}; do [ ! -e "$f" ] || exit 1; done`,
  )

/** A run that somebody waits for: keeps the lists, and installs of what is missing these in these versions, of which there may be none. */
export const keepPackagesNow = (
  at: PairPlaces,
  targets: readonly (Package & { readonly kind: PackageKind })[],
): Command =>
  asKeeper(
    at,
    withStdin(
      sh`${packagesProgram(at)} ${at.slug} --now`,
      targets.map(({ kind, name, version }) => `${kind}\t${name}\t${version}\n`).join(''),
      false,
    ),
  )

/** Forgets the runs of one directory alone. */
export const removeRecordsOf = (at: PairPlaces, id: string): Command =>
  asKeeper(at, sh`rm -f -- ${runsDirectory(at)}/${id}.*`)

/** Removes what the runner knows of one directory: it copies it no more. */
export const forgetDirectory = (at: PairPlaces, id: string): Command => {
  const base = `${settingsDirectory(at)}/directories/${id}`
  return asKeeper(at, sh`rm -f -- ${`${base}.conf`} ${`${base}.exclude`}`)
}

/** Exit code 0 when the runner knows nothing of the directory. */
export const isForgotten = (at: PairPlaces, id: string): Command =>
  asKeeper(at, sh`[ ! -e ${`${settingsDirectory(at)}/directories/${id}.conf`} ]`)

/** Removes the pair's settings for copying, and the programs when no other pair of this host needs it. */
export const removeRunner = (at: PairPlaces): Command => {
  const settings = settingsDirectory(at)
  return asKeeper(
    at,
    sh`rm -rf -- ${[`${settings}/directories`, packageRunsDirectory(at)]} &&
  rm -f -- ${[`${settings}/pair.conf`, `${settings}/known_hosts`, ...runnerPackagePaths(at)]} || exit 1
rmdir -- ${settings} 2>/dev/null
${removeUnused(at, [syncProgram(at), catchUpProgram(at)], ['pair.conf'])}
${removePackagesProgram(at)}`,
  )
}

/** Removes the programs for sending, when no pair of this host needs them any more. */
export const removeSender = (at: HostPlaces): Command =>
  asKeeper(at, sh`${removeUnused(at, [sendProgram(at)], ['send'])}\n${removePackagesProgram(at)}`)

/** For each directory a line `id bytes`: how much a running first copy has done. Without a line: nothing yet. */
export const readCopyProgress = (at: PairPlaces, ids: readonly string[]): Command =>
  sh`cd ${runsDirectory(at)} 2>/dev/null && for id in ${ids}; do
  tail -c 400 -- "$id.items" 2>/dev/null | tr '\\r' '\\n' | sed -n "s/^ *\\([0-9][0-9]*\\)  *[0-9]*%.*/$id \\1/p" | tail -n 1
done; true`

/** Exit code 0 when the directory is one that a first copy has filled. */
export const findCopy = (at: HostPlaces, path: string): Command =>
  asKeeper(at, sh`[ -e ${`${path}/${sourceMarkName}`} ]`)
