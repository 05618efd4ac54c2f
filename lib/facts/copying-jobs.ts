import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Command, sh } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import type { HostPlaces } from '@/lib/domain/host-places'
import { unreadableSurvey } from '@/lib/facts/machine-survey'
import { maskSecrets } from '@/lib/facts/mask-secrets'
import { parseRsyncCommands, rsyncCopy } from '@/lib/facts/rsync-command'
import { shellCommands } from '@/lib/facts/shell-words'
import { cronLine, timerSchedule } from '@/lib/facts/time-tables'

/** Where a job that copies stands. */
const jobPlace = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('crontab'), user: z.string() }),
  z.object({ kind: z.literal('file'), path: z.string() }),
  z.object({
    kind: z.literal('timer'),
    timer: z.string(),
    service: z.string(),
    isActive: z.boolean(),
    isEnabled: z.boolean(),
  }),
])

/** A line of a crontab, or a timer of systemd, by which rsync runs. */
const copyingJob = z.object({
  place: jobPlace,
  /** Five fields as cron(8) reads them; null where it has no such form, as at boot. */
  schedule: z.string().nullable(),
  /** OS user; empty where a timer says nothing, which is root. */
  runsAs: z.string(),
  /** As it stands there, without what looks like a secret. */
  line: z.string(),
  /** SHA-256 of the whole line, secrets and all: by it the line is found again. */
  digest: z.string(),
  /** The script that it runs and in which rsync stands; null where rsync stands in the line itself. */
  script: z.string().nullable(),
  /** Empty where what it copies could not be told. */
  copies: z.array(rsyncCopy),
})
export type CopyingJob = z.infer<typeof copyingJob>

export const copyingJobs = z.object({
  jobs: z.array(copyingJob),
  /** Lines that make backups, without secrets. */
  backups: z.array(z.string()),
  /** What could not be read, in words. */
  unread: z.array(z.string()),
})
export type CopyingJobs = z.infer<typeof copyingJobs>

/**
 * Crontabs, and timers with what they run: for each a line `@KIND NAME…`, its text behind tabs; then every script that they name in which
 * rsync stands. Root reads everybody's; a login without root its own, and what everybody may read. The answer may hold secrets: only
 * `parseCopyingJobs` reads it, which keeps none.
 */
export const copyingJobsQuestion = (at: Pick<HostPlaces, 'keeper'>): Command =>
  asKeeper(
    at,
    sh`tabbed() { sed -e 's/^/\t/' -e '$a\\'; }
tables() {
  if [ "$(id -u)" = 0 ]; then
    for f in /var/spool/cron/crontabs/* /var/spool/cron/tabs/* /var/spool/cron/*; do
      if [ -f "$f" ]; then printf '@crontab %s\n' "\${f##*/}"; tabbed <"$f"; fi
    done
  else
    me=$(id -un)
    said=$(LC_ALL=C crontab -l 2>&1); code=$?
    case $code:$said in
      0:*) printf '@crontab %s\n' "$me"; printf '%s\n' "$said" | tabbed ;;
      '1:no crontab for '*) ;;
      *) printf '@unread the crontab of %s\n' "$me" ;;
    esac
  fi
  for f in /etc/crontab /etc/cron.d/*; do
    [ -f "$f" ] || continue
    if [ -r "$f" ]; then printf '@file %s\n' "$f"; tabbed <"$f"; else printf '@unread %s\n' "$f"; fi
  done
  for t in $(systemctl list-unit-files --type=timer --no-legend --no-pager 2>/dev/null | awk '$1 !~ /@/ { print $1 }'); do
    s=$(systemctl show -p Unit --value -- "$t" 2>/dev/null)
    e=$(systemctl cat -- "$s" 2>/dev/null | sed -n 's/^ExecStart=[-@:+!]*//p')
    [ -n "$e" ] || continue
    printf '@timer %s %s %s %s %s\n' "$t" "$s" "$(systemctl is-active -- "$t")" "$(systemctl is-enabled -- "$t" 2>/dev/null)" "$(systemctl show -p User --value -- "$s")"
    systemctl cat -- "$t" 2>/dev/null | sed -n 's/^On[A-Za-z]*=/&/p' | tabbed
    printf '%s\n' "$e" | tabbed
  done
}
found=$(tables)
printf '%s\n' "$found"
printf '%s\n' "$found" | sed -n 's/^\t\\([^#]\\)/\\1/p' | tr -s ' \t"'"'"';|&<>()\`$*?' '\n' | sed -n '/^\\//p' | sort -u | while IFS= read -r f; do
  case $f in */understudy-sync | */understudy-catch-up | */understudy-packages | */understudy-send | */understudy-root) continue ;; esac
  [ -f "$f" ] && [ -r "$f" ] && [ "$(stat -Lc %s -- "$f")" -le 65536 ] && grep -Iqw rsync -- "$f" || continue
  printf '@script %s\n' "$f"
  tabbed <"$f"
done
echo @end`,
  )

type Section = { readonly head: readonly string[]; readonly lines: readonly string[] }

function toSections(text: string): readonly Section[] {
  const sections: { head: string[]; lines: string[] }[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('@')) sections.push({ head: line.slice(1).split(' '), lines: [] })
    else if (line.startsWith('\t')) sections.at(-1)?.lines.push(line.slice(1))
  }
  return sections
}

/** Values that a script gives to names in words that need nothing else to be known. */
function variablesIn(script: string): ReadonlyMap<string, string> {
  const known = new Map<string, string>()
  for (const command of shellCommands(script)) {
    const [first = '', second = ''] = command
    const given = /^([A-Za-z_]\w*)=(.*)$/s.exec(first === 'export' ? second : first)
    if (given?.[1] !== undefined && !(given[2] ?? '').includes('$')) known.set(given[1], given[2] ?? '')
  }
  return known
}

type Scripts = ReadonlyMap<string, string>

/** What a command copies: by itself, or by a script that it names. */
function copiesOf(command: string, scripts: Scripts): Pick<CopyingJob, 'script' | 'copies'> | null {
  if (/(^|[\s/;&|(])rsync(\s|$)/.test(command))
    return { script: null, copies: [...parseRsyncCommands(command)] }
  const named = shellCommands(command)
    .flat()
    .find((word) => scripts.has(word))
  const script = named === undefined ? undefined : scripts.get(named)
  if (named === undefined || script === undefined) return null
  return { script: named, copies: [...parseRsyncCommands(script, variablesIn(script))] }
}

/** By which a line is known without what stands in it. */
export const digestOf = (line: string) => createHash('sha256').update(line).digest('hex')
const backupPrograms = /\b(pgbackrest|barman|wal-g|ibackup(?:\.pyc?)?|pg_basebackup|pg_dump(?:all)?)\b/

function fromTable(
  { head: [kind, ...name], lines }: Section,
  scripts: Scripts,
): Pick<CopyingJobs, 'jobs' | 'backups'> {
  const path = name.join(' ')
  const place = kind === 'file' ? ({ kind, path } as const) : ({ kind: 'crontab', user: path } as const)
  const found: { jobs: CopyingJob[]; backups: string[] } = { jobs: [], backups: [] }
  for (const line of lines) {
    const entry = cronLine(line, place.kind === 'file')
    if (entry === null) continue
    const { schedule, command, user } = entry
    const copied = copiesOf(command, scripts)
    const shown = { line: maskSecrets(line), digest: digestOf(line) }
    if (copied) found.jobs.push({ place, schedule, runsAs: user ?? path, ...shown, ...copied })
    else if (backupPrograms.test(command)) found.backups.push(shown.line)
  }
  return found
}

function fromTimer({ head, lines }: Section, scripts: Scripts): readonly CopyingJob[] {
  const [, timer = '', service = '', active, enabled, user = ''] = head
  const isSetting = (line: string) => /^On[A-Za-z]*=/.test(line)
  const command = lines.filter((line) => !isSetting(line)).join('\n')
  const copied = copiesOf(command, scripts)
  if (!copied) return []
  const place = {
    kind: 'timer',
    timer,
    service,
    isActive: active === 'active',
    isEnabled: enabled === 'enabled',
  } as const
  const schedule = timerSchedule(lines.filter(isSetting))
  return [
    {
      place,
      schedule,
      runsAs: user,
      line: maskSecrets(command.split('\n')[0] ?? ''),
      digest: digestOf(command),
      ...copied,
    },
  ]
}

/** Parses `copyingJobsQuestion`. Throws HOST_COMMAND_FAILED where the answer is not whole. */
export function parseCopyingJobs(text: string): CopyingJobs {
  const sections = toSections(text)
  const of = (...kinds: readonly string[]) => sections.filter(({ head }) => kinds.includes(head[0] ?? ''))
  if (of('end').length === 0)
    throw unreadableSurvey('what copies files there', `${sections.length} sections, no end`)
  const scripts = new Map(of('script').map(({ head, lines }) => [head.slice(1).join(' '), lines.join('\n')]))
  const tables = of('crontab', 'file').map((section) => fromTable(section, scripts))
  return {
    jobs: [
      ...tables.flatMap(({ jobs }) => jobs),
      ...of('timer').flatMap((section) => fromTimer(section, scripts)),
    ],
    backups: tables.flatMap(({ backups }) => backups),
    unread: of('unread').map(({ head }) => head.slice(1).join(' ')),
  }
}
