import { asRoot, type Command, sh } from '@/lib/commands/command'
import { heldBy } from '@/lib/commands/crontab'
import { asKeeper } from '@/lib/commands/keeper'
import type { HostPlaces } from '@/lib/domain/host-places'

/**
 * Lines of somebody else's in a table of cron's that is not the login user's own: made comments for as long as the pair does their work, and lines
 * again byte for byte. They are known by the SHA-256 of the whole line, because what stands in them may be nobody's business.
 */
export type CronTable =
  /** A system table, such as a file of /etc/cron.d. */
  | { readonly kind: 'file'; readonly path: string }
  /** A user's own, which crontab(1) keeps. */
  | { readonly kind: 'crontab'; readonly user: string }

/** Under this name jobs of somebody else's are held. */
export const heldJobs = (slug: string): string => `${slug} adopt`

/** Reads standard input, writes it with each line as `change` leaves it in `$line`; a last line without its end stays without it. */
const changing = (change: Command): Command => sh`more=yes
while [ "$more" = yes ]; do
  IFS= read -r line || more=no
  [ "$more" = yes ] || [ -n "$line" ] || break
  ${change}
  if [ "$more" = yes ]; then printf '%s\\n' "$line"; else printf %s "$line"; fi
done`

/** Whether `$digest` is that of one of these lines; the same text for the same lines, in whatever order they stand. */
const isAmong = (digests: readonly string[]): Command =>
  sh`case ${` ${[...new Set(digests)].toSorted().join(' ')} `} in *" $digest "*)`

const digestOf = (text: Command): Command => sh`digest=$(printf %s ${text} | sha256sum | cut -c1-64)`

const holding = (digests: readonly string[], slug: string): Command =>
  changing(sh`case $line in
    '' | \\#*) ;;
    *) ${digestOf(sh`"$line"`)}; ${isAmong(digests)} line=${heldBy(heldJobs(slug))}$line ;; esac ;;
  esac`)

const releasing = (digests: readonly string[], slug: string): Command =>
  changing(sh`held=${heldBy(heldJobs(slug))}
  case $line in
    "$held"*) ${digestOf(sh`"\${line#"$held"}"`)}; ${isAmong(digests)} line=\${line#"$held"} ;; esac ;;
  esac`)

/** Does nothing for a file that is not there any more; mode and owner stay. cron(8) passes over names that begin with a dot. */
const editFile = (path: string, filter: Command): Command => sh`umask 077
path=$(readlink -f -- ${path}) && [ -f "$path" ] || exit 0
dir=$(dirname -- "$path")
new=$(mktemp -- "$dir/.understudy.XXXXXX") || exit 1
trap 'rm -f -- "$new"' EXIT
cp -p -- "$path" "$new" || exit 1
{ ${filter}
} <"$path" >"$new" || exit 1
cmp -s -- "$path" "$new" && exit 0
sync -- "$new" && mv -fT -- "$new" "$path" && sync -- "$dir"`

/** Exit code 1 where there is none, and where it can't be read: neither may look like an empty one. */
const readTable = (user: string): Command => sh`old=$(mktemp) && new=$(mktemp) || exit 1
trap 'rm -f -- "$old" "$new"' EXIT
said=$(LC_ALL=C crontab -u ${user} -l 2>&1 >"$old"); code=$?
case $code:$said in 0:*) ;; '1:no crontab for '*) exit 0 ;; *) printf '%s\\n' "$said" >&2; exit 1 ;; esac`

const editTable = (user: string, filter: Command): Command => sh`umask 077
${readTable(user)}
{ ${filter}
} <"$old" >"$new" || exit 1
cmp -s -- "$old" "$new" || crontab -u ${user} "$new"`

const edit = (table: CronTable, filter: Command): Command =>
  asRoot(table.kind === 'file' ? editFile(table.path, filter) : editTable(table.user, filter))

/** Makes comments of these lines. Twice is the same as once. */
export const holdFoundLines = (table: CronTable, digests: readonly string[], slug: string): Command =>
  edit(table, holding(digests, slug))

/** Takes `holdFoundLines` of these lines back; what was held before, by another operation, stays so. */
export const releaseFoundLines = (table: CronTable, digests: readonly string[], slug: string): Command =>
  edit(table, releasing(digests, slug))

/** Prints `active` for each of these lines that cron would run, and `held` for each of them that is held for this pair. */
export const foundLinesQuestion = (table: CronTable, digests: readonly string[], slug: string): Command => {
  const tell = sh`held=${heldBy(heldJobs(slug))}
while IFS= read -r line || [ -n "$line" ]; do
  case $line in
    "$held"*) state=held line=\${line#"$held"} ;;
    '' | \\#*) continue ;;
    *) state=active ;;
  esac
  ${digestOf(sh`"$line"`)}; ${isAmong(digests)} echo "$state" ;; esac
done`
  const question =
    table.kind === 'file'
      ? sh`[ -f ${table.path} ] || exit 0
${tell} < ${table.path}`
      : sh`umask 077
${readTable(table.user)}
${tell} <"$old"`
  return asRoot(question)
}

/**
 * Prints each process that copies by a job of somebody else's: an rsync, or a shell that has rsync in its command, which names one of these paths; and
 * whatever runs one of these scripts, which may be between two copies. The shell that asks names them too, and is passed over.
 */
export const runningCopies = (
  at: Pick<HostPlaces, 'keeper'>,
  { paths, scripts }: { readonly paths: readonly string[]; readonly scripts: readonly string[] },
): Command =>
  asKeeper(
    at,
    sh`tell() { echo "\${process#/proc/}"; }
for process in /proc/[0-9]*; do
  arguments=$(tr '\\0' '\\n' 2>/dev/null <"$process/cmdline")
  case $arguments in '' | *'/proc/[0-9]'*) continue ;; esac
  program=$(readlink -- "$process/exe" 2>/dev/null)
  case \${program##*/}:$arguments in rsync:* | 'rsync (deleted):'* | sh:*rsync* | dash:*rsync* | bash:*rsync*)
    for path in ${paths}; do
      case $arguments in *"$path"*) tell; continue 2 ;; esac
    done ;;
  esac
  for path in ${scripts}; do
    case $arguments in *"$path"*) tell; continue 2 ;; esac
  done
done`,
  )
