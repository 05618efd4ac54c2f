import { z } from 'zod'
import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { unitOfProcess } from '@/lib/commands/systemd'
import { AppError } from '@/lib/errors'

/** What a host says about itself before an operation is planned. */
export const machineSurvey = z.object({
  machineId: z.string(),
  system: z.string(),
  architecture: z.string(),
  /** That it may use; null where it does not say, or an older plan did not ask. */
  processors: z.int().positive().nullable().default(null),
  /** Host's clock, milliseconds since 1970. */
  clockMs: z.number(),
  hasSystemd: z.boolean(),
  rsyncVersion: z.string().nullable(),
  hasSsh: z.boolean(),
  hasSshKeyscan: z.boolean(),
  cronActive: z.boolean(),
  hasCrontab: z.boolean(),
  applicationUnit: z
    .object({ loadState: z.string(), activeState: z.string(), enabledState: z.string() })
    .nullable(),
})
export type MachineSurvey = z.infer<typeof machineSurvey>

/** What the owner of the database sees of its own files. */
export const dataDirectorySurvey = z.object({
  /** Directory of the running server's binaries. */
  binDirectory: z.string(),
  hasBaseBackup: z.boolean(),
  walIsLink: z.boolean(),
  /** Where its WAL really is: a link, or a file system of its own. Empty: read by a version that did not ask. */
  walDirectory: z.string().default(''),
  parentWritable: z.boolean(),
  /** The directory itself, where the server knows it by a link. */
  realDirectory: z.string().default(''),
  /** File systems that are mounted within it, as the kernel writes their paths. */
  mountsWithin: z.array(z.string()).readonly().default([]),
  /** Names in it that its owner can't read. */
  unreadableNames: z.array(z.string()).readonly().default([]),
  /** Names in it that PostgreSQL and its packages don't put there. */
  foreignNames: z.array(z.string()).readonly().default([]),
  /** Debian's start.conf beside the configuration file: its first word, null where there is none. */
  startConf: z.string().nullable(),
  /** OS user that owns it. */
  owner: z.string(),
  /** systemd unit whose main process the postmaster is. A process that cron or sshd began lives in their unit, and is not it. */
  unit: z.string().nullable(),
  /** What systemd answers to is-enabled of that unit, e.g. `enabled-runtime`, `masked`; empty where there is none. */
  unitEnabled: z.string().default(''),
  /** File that the postmaster's standard error goes to; null where it is none. */
  serverLog: z.string().nullable(),
})
export type DataDirectorySurvey = z.infer<typeof dataDirectorySurvey>

/** Lines `key=value`; values hold no newline. */
export function machineSurveyQuestion(applicationUnit: string | null): Command {
  const application = applicationUnit ?? ''
  return sh`show() { printf '%s=%s\n' "$1" "$2"; }
unit() { [ -n "$2" ] || return 0; show "$1_load" "$(systemctl show -p LoadState --value -- "$2" 2>/dev/null)"; show "$1_active" "$(systemctl show -p ActiveState --value -- "$2" 2>/dev/null)"; show "$1_enabled" "$(systemctl is-enabled -- "$2" 2>/dev/null || :)"; }
show machine_id "$(cat /etc/machine-id 2>/dev/null)"
show system "$(. /etc/os-release 2>/dev/null; printf %s "$PRETTY_NAME")"
show architecture "$(uname -m)"
show processors "$(nproc 2>/dev/null)"
show systemd "$([ -d /run/systemd/system ] && echo yes || echo no)"
show rsync "$(rsync --version 2>/dev/null | sed -n '1s/^rsync *version \\([^ ]*\\).*/\\1/p')"
show ssh "$(command -v ssh >/dev/null && echo yes || echo no)"
show keyscan "$(command -v ssh-keyscan >/dev/null && echo yes || echo no)"
show crontab "$(command -v crontab >/dev/null && echo yes || echo no)"
show cron "$(systemctl is-active --quiet cron 2>/dev/null || systemctl is-active --quiet crond 2>/dev/null || pgrep -x 'cron|crond' >/dev/null && echo yes || echo no)"
unit application ${application}
show clock "$(date +%s%3N)"`
}

/** Lines `key=value` about the data directory, asked as the database's owner while its server runs. */
export function dataDirectoryQuestion(dataDirectory: string, configFile: string): Command {
  return asDatabaseOwner(
    sh`show() { printf '%s=%s\n' "$1" "$2"; }
d=${dataDirectory}; c=${configFile}
r=$(readlink -f -- "$d")
foreign() { for f in "$d"/* "$d"/.*; do case \${f##*/} in
.|..|PG_VERSION|base|global|pg_*|log|current_logfiles|postgresql.*|postmaster.*|*.conf|*.log|*.crt|*.key|*.pem|*.signal|*.old|backup_*|lost+found|.understudy-*) ;;
*) if [ -e "$f" ] || [ -L "$f" ]; then printf '%s/' "\${f##*/}" | tr '\n' '?'; fi ;;
esac; done | head -c 2000; }
p=$(head -n 1 "$d/postmaster.pid")
b=$(dirname -- "$(readlink -f "/proc/$p/exe")")
${unitOfProcess}
l=$(readlink "/proc/$p/fd/2"); [ -f "$l" ] || l=
show owner "$(stat -c %U -- "$d")"
show unit "$u"
show unit_enabled "$([ -z "$u" ] || systemctl is-enabled -- "$u" 2>/dev/null || :)"
show server_log "$l"
show bin "$b"
show basebackup "$([ -x "$b/pg_basebackup" ] && echo yes || echo no)"
show wal_link "$([ -L "$d/pg_wal" ] && echo yes || echo no)"
show wal "$(readlink -f -- "$d/pg_wal")"
show parent_writable "$([ -w "$(dirname -- "$r")" ] && echo yes || echo no)"
show foreign "$(foreign)"
show unreadable "$(for f in "$d"/*; do [ -r "$f" ] || printf '%s/' "\${f##*/}" | tr '\n' '?'; done | head -c 2000)"
show real "$r"
show mounts_within "$(UNDER="$(printf %s "$r" | sed 's/ /\\\\040/g')/" awk 'index($5, ENVIRON["UNDER"]) == 1 { printf "%s ", $5 }' /proc/self/mountinfo)"
show start_conf "$(sed -n 's/#.*//; s/[[:space:]]*$//; /^[a-z]/{p;q}' "$(dirname -- "$c")/start.conf" 2>/dev/null)"`,
  )
}

/** An answer to a survey that is of no known form. */
export const unreadableSurvey = (what: string, detail: string): AppError =>
  new AppError(
    'HOST_COMMAND_FAILED',
    `The host answered the survey of ${what} in a form that is not known.`,
    {
      fix: 'Report this with the operating system of the host.',
      detail,
    },
  )

/** Lines `key=value` as a map; what is no such line is left out. */
export function toPairs(text: string): ReadonlyMap<string, string> {
  const pairs = text
    .split('\n')
    .filter((line) => line.includes('='))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()] as const)
  return new Map(pairs)
}

function toUnit(pairs: ReadonlyMap<string, string>, name: string) {
  const loadState = pairs.get(`${name}_load`)
  if (loadState === undefined) return null
  return {
    loadState,
    activeState: pairs.get(`${name}_active`) ?? '',
    enabledState: pairs.get(`${name}_enabled`) ?? '',
  }
}

/** Parses `machineSurveyQuestion`. Throws HOST_COMMAND_FAILED on another shape. */
export function parseMachineSurvey(text: string): MachineSurvey {
  const pairs = toPairs(text)
  const parsed = machineSurvey.safeParse({
    machineId: pairs.get('machine_id'),
    system: pairs.get('system'),
    architecture: pairs.get('architecture'),
    processors: Number(pairs.get('processors')) || null,
    clockMs: Number(pairs.get('clock')),
    hasSystemd: pairs.get('systemd') === 'yes',
    rsyncVersion: pairs.get('rsync') || null,
    hasSsh: pairs.get('ssh') === 'yes',
    hasSshKeyscan: pairs.get('keyscan') === 'yes',
    cronActive: pairs.get('cron') === 'yes',
    hasCrontab: pairs.get('crontab') === 'yes',
    applicationUnit: toUnit(pairs, 'application'),
  })
  if (!parsed.success) throw unreadableSurvey('the machine', z.prettifyError(parsed.error))
  return parsed.data
}

/** Names that a slash ends, fit for a sentence. */
const toNames = (text: string): readonly string[] =>
  text
    .split('/')
    .filter((name) => name !== '')
    .map((name) => name.replaceAll(/\p{Cc}/gu, '?'))

/** Parses `dataDirectoryQuestion`. Throws HOST_COMMAND_FAILED on another shape. */
export function parseDataDirectorySurvey(text: string): DataDirectorySurvey {
  const pairs = toPairs(text)
  const parsed = dataDirectorySurvey.safeParse({
    binDirectory: pairs.get('bin'),
    hasBaseBackup: pairs.get('basebackup') === 'yes',
    walIsLink: pairs.get('wal_link') === 'yes',
    walDirectory: pairs.get('wal') ?? '',
    parentWritable: pairs.get('parent_writable') === 'yes',
    realDirectory: pairs.get('real') ?? '',
    mountsWithin: (pairs.get('mounts_within') ?? '').split(' ').filter((path) => path !== ''),
    unreadableNames: toNames(pairs.get('unreadable') ?? ''),
    foreignNames: toNames(pairs.get('foreign') ?? ''),
    startConf: pairs.get('start_conf') || null,
    owner: pairs.get('owner'),
    unit: pairs.get('unit') || null,
    unitEnabled: pairs.get('unit_enabled') ?? '',
    serverLog: pairs.get('server_log') || null,
  })
  if (!parsed.success) throw unreadableSurvey('the data directory', z.prettifyError(parsed.error))
  return parsed.data
}
