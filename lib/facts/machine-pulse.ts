import { kitRecordPath } from '@/lib/commands/break-glass/kit'
import { type Command, sh } from '@/lib/commands/command'
import { readDirectoryRuns, readPackageRuns } from '@/lib/commands/sync-facts'
import { fileRoles } from '@/lib/domain/file-role'
import type { PairPlaces } from '@/lib/domain/host-places'
import type { MachineFacts } from '@/lib/domain/observation'
import type { PromotedByHand } from '@/lib/domain/promoted-by-hand'
import { fileRolePath, schedulePath } from '@/lib/domain/sync-names'
import { AppError } from '@/lib/errors'
import { parseAnswerLines, requiredAnswer } from '@/lib/facts/answer-lines'
import { parseDirectoryRuns } from '@/lib/facts/directory-runs'
import { toPackageFacts } from '@/lib/facts/package-runs'

/** What changes from second to second. */
export type MachinePulse = Pick<
  MachineFacts,
  | 'hostname'
  | 'machineId'
  | 'bootId'
  | 'uptimeSeconds'
  | 'postgresProcess'
  | 'cronRunning'
  | 'syncScheduled'
  | 'directories'
  | 'packages'
  | 'fileRole'
  | 'promotedByHand'
>

export type PulseTarget = {
  /** Where the pair's files lie on this host. */
  readonly places: PairPlaces
  readonly directoryIds: readonly string[]
  /** Whether the host keeps packages of the pair; absent: no. */
  readonly keepsPackages?: boolean
  readonly port: number
  readonly socketDirectory: string
}

/** Root's schedule is a file; what a user's crontab has is asked with the inventory, because it costs a process. */
const isScheduled = ({ keeper, slug }: PairPlaces): Command =>
  keeper === 'root' ? sh`[ -e ${schedulePath(slug)} ] && echo sync scheduled` : sh`:`

/**
 * Asked every second on the kept shell, so it starts no process at all: only `read`, `echo` and tests, which are built
 * into every sh. The postmaster is found by its socket's lock file and looked up in the process table; cron by its
 * pid file (Debian and Red Hat write the same one). Nothing here waits: /proc and /run are memory.
 */
export function machinePulse(target: PulseTarget): Command {
  const lock = `${target.socketDirectory}/.s.PGSQL.${target.port}.lock`
  return sh`exec 2>/dev/null
process() { read -r _ name state _ <"/proc/$1/stat" || return 1; }
read -r x </proc/sys/kernel/hostname && echo "hostname $x"
read -r x </etc/machine-id && echo "machine-id $x"
read -r x </proc/sys/kernel/random/boot_id && echo "boot-id $x"
read -r x _ </proc/uptime && echo "uptime $x"
lock=${lock}
if [ ! -e "$lock" ]; then echo postgres absent
elif [ ! -r "$lock" ]; then echo postgres hidden
elif read -r pid <"$lock" && process "$pid"; then
  case $name$state in
    '(postgres)Z'|'(postmaster)Z') echo postgres absent ;;
    '(postgres)'[Tt]|'(postmaster)'[Tt]) echo postgres stopped ;;
    '(postgres)'*|'(postmaster)'*) echo postgres running ;;
    *) echo postgres absent ;;
  esac
else echo postgres absent; fi
if read -r pid </run/crond.pid && process "$pid"; then case $name in '(cron)'|'(crond)') echo cron running ;; esac; fi
${isScheduled(target.places)}
if read -r x <${fileRolePath(target.places)}; then echo "file-role $x"; fi
if [ -r ${kitRecordPath(target.places)} ]; then while read -r x; do echo "by-hand $x"; done <${kitRecordPath(target.places)}; fi
${target.keepsPackages ? readPackageRuns(target.places) : sh`:`}
echo 'directories:'
${readDirectoryRuns(target.places, target.directoryIds)}
exit 0`
}

const directoriesMark = '\ndirectories:\n'

/** Throws AppError HOST_COMMAND_FAILED when the answer is not complete, or a record of a run can't be read. */
export function parseMachinePulse(stdout: string): MachinePulse {
  const mark = stdout.indexOf(directoriesMark)
  const answers = parseAnswerLines(mark < 0 ? '' : stdout.slice(0, mark))
  return {
    hostname: requiredAnswer(answers, 'hostname'),
    machineId: requiredAnswer(answers, 'machine-id'),
    bootId: requiredAnswer(answers, 'boot-id'),
    uptimeSeconds: toSeconds(requiredAnswer(answers, 'uptime')),
    postgresProcess: toProcess(requiredAnswer(answers, 'postgres')),
    cronRunning: answers.has('cron'),
    syncScheduled: answers.has('sync'),
    fileRole: toFileRole(answers.get('file-role')?.[0]),
    promotedByHand: toPromotedByHand(answers.get('by-hand') ?? []),
    packages: toPackageFacts(answers),
    directories: parseDirectoryRuns(stdout.slice(mark + directoriesMark.length)),
  }
}

/** As in /proc/uptime, e.g. `2547.57`. */
function toSeconds(text: string): number {
  if (/^\d{1,12}(\.\d+)?$/.test(text)) return Number(text)
  throw new AppError('HOST_COMMAND_FAILED', 'The host did not say how long it has been up.', {
    fix: 'Look at /proc/uptime of the host.',
    detail: text.slice(0, 100),
  })
}

/** The record of the break-glass script, `name=value` a line; null where it is not there, or not whole. */
function toPromotedByHand(lines: readonly string[]): PromotedByHand | null {
  const values = new Map(
    lines.map((line) => {
      const end = line.indexOf('=')
      return [line.slice(0, end), line.slice(end + 1)] as const
    }),
  )
  const [at, by, promoted] = [values.get('at') ?? '', values.get('by'), values.get('promoted')]
  if (Number.isNaN(Date.parse(at)) || by === undefined || promoted === undefined) return null
  return { at: new Date(at).toISOString(), by, reason: values.get('reason') ?? '', promoted }
}

/** A word that nobody knows says nothing: then no file flows either. */
const toFileRole = (word: string | undefined) => fileRoles.find((role) => role === word) ?? null

function toProcess(word: string): MachineFacts['postgresProcess'] {
  return word === 'running' || word === 'stopped' || word === 'absent' ? word : null
}
