import { asRoot, type Command, quote, withStdin } from '@/lib/commands/command'
import { becomeUserInJob, endGroupText, type Login } from '@/lib/commands/remote-shell'
import { cutOff } from '@/lib/commands/whole-input'

/**
 * Long commands that outlive the connection. A job is a directory on the host: `group` (process group, its start time in clock
 * ticks and the boot id, so that a recycled number is recognised), `out` (both streams) and, when it has ended, `rc`. The
 * directory appears in one rename, with `group` in it: a job is either absent or really started, whoever starts it twice.
 */
export const jobExitCodes = { exists: 17, running: 16, absent: 44 } as const

function jobPath(id: string, login: Login): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(id)) throw new RangeError(`not the id of a job: ${id}`)
  const base = login.privilege === 'unprivileged' ? '"$HOME"/.understudy/jobs' : '/var/lib/understudy/jobs'
  return `base=${base}; dir="$base"/${id}`
}

function toCommand(text: string, login: Login): Command {
  const command: Command = { text, as: 'login', stdin: null, stdinIsSecret: false }
  return login.privilege === 'unprivileged' ? command : asRoot(command)
}

/** Standard input begins with how many bytes of it are the command; the rest is the command's own. */
const textFromInput = `read -r bytes; text=$(head -c "$bytes"; echo .); exec sh -c "\${text%.}"`

/** Names the 22 first fields of proc_pid_stat(5); a shell's own second field has no space in it. */
const statFields = '_ _ state _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ start _'

/**
 * Starts `command` as the job `id`; exit code `exists` when there is such a job. Null when the login user can't act as
 * the command's user. Runs as root (or the unprivileged login user).
 */
export function startJobCommand(id: string, command: Command, login: Login): Command | null {
  // What root may do as a job is written down in its rights; what another user does there is that user's own affair, and goes in
  // as text: root's part is then the same for every such job.
  const isText = login.privilege !== 'unprivileged' && command.as !== 'root'
  const program = `sh -c ${quote(isText ? textFromInput : command.text)}`
  const inner = becomeUserInJob(program, command.as, login)
  if (inner === null) return null
  const supervisor = [
    `read -r ${statFields} </proc/$$/stat`,
    'read -r boot </proc/sys/kernel/random/boot_id',
    'echo "$$ $start $boot" >"$2"/group || exit',
    'mv -T -- "$2" "$1" 2>/dev/null || { : >"$2"/refused; exit; }',
    'rm -f -- "$1"/stdin',
    `( cd / && ${inner} )`,
    'echo "$?" >"$1"/rc.new; mv -- "$1"/rc.new "$1"/rc',
  ].join('\n')
  const before = isText ? `${Buffer.byteLength(command.text)}\n${command.text}` : ''
  const content = `${before}${command.stdin ?? ''}`
  const text = [
    'umask 077',
    jobPath(id, login),
    'new="$base"/.'.concat(id, '.$$'),
    // Who forgets the last job takes the directory of jobs away.
    'i=0',
    'until mkdir -p -- "$base" && mkdir -- "$new"; do i=$((i+1)); [ "$i" -lt 5 ] || exit 1; done',
    'cat >"$new"/stdin || exit 1',
    // A dashboard that dies in the middle looks like the end of the input: half a command must never be run.
    `[ "$(wc -c <"$new"/stdin)" -eq ${Buffer.byteLength(content)} ] || { rm -rf -- "$new"; exit ${cutOff}; }`,
    `setsid sh -c ${quote(supervisor)} sh "$dir" "$new" <"$new"/stdin >"$new"/out 2>&1 &`,
    'i=0',
    'while [ -d "$new" ]; do',
    `  [ -e "$new"/refused ] && { rm -rf -- "$new"; exit ${jobExitCodes.exists}; }`,
    '  i=$((i+1)); [ "$i" -lt 500 ] || exit 1; sleep 0.02',
    'done',
  ].join('\n')
  return withStdin(toCommand(text, login), content, command.stdinIsSecret)
}

/** Shell text that sets `job` to `absent`, `ended`, `running` or `vanished`, and `pid` or `code`. */
function readState(id: string, login: Login): string {
  return [
    jobPath(id, login),
    'job=vanished; pid=0; code=0',
    'read -r boot </proc/sys/kernel/random/boot_id',
    'if ! [ -d "$dir" ]; then job=absent',
    'elif ! [ -e "$dir"/rc ] && read -r pid began booted <"$dir"/group && [ "$boot" = "$booted" ]; then',
    `  if { read -r ${statFields} </proc/"$pid"/stat; } 2>/dev/null; then`,
    '    [ "$start" = "$began" ] && [ "$state" != Z ] && job=running',
    // The leader was killed but its children live on: still the job. A group's number isn't given away while it has members.
    '  elif kill -s 0 -- -"$pid" 2>/dev/null; then job=running; fi',
    'fi',
    '[ "$job" = vanished ] && [ -e "$dir"/rc ] && { read -r code <"$dir"/rc; job=ended; }',
  ].join('\n')
}

/** Prints `<state> <pid> <exit code>`. */
export function jobStateCommand(id: string, login: Login): Command {
  return toCommand(`${readState(id, login)}\necho "$job $pid $code"`, login)
}

/** Prints the output from byte `offset` on, at most `bytesMax` of it; exit code `absent` when there is no such job. */
export function jobOutputCommand(id: string, offset: number, bytesMax: number, login: Login): Command {
  const text = `${jobPath(id, login)}\n[ -d "$dir" ] || exit ${jobExitCodes.absent}\ntail -c +${offset + 1} -- "$dir"/out | head -c ${bytesMax}`
  return toCommand(text, login)
}

/** Ends the job's group; nothing to do for a job that doesn't run. */
export function endJobCommand(id: string, graceMs: number, login: Login): Command {
  return toCommand(
    `${readState(id, login)}\n[ "$job" = running ] || exit 0\n${endGroupText('$pid', graceMs)}`,
    login,
  )
}

/** Removes the job's directory, and that of all jobs with the last; exit code `running` when it still runs. */
export function forgetJobCommand(id: string, login: Login): Command {
  return toCommand(
    `${readState(id, login)}\n[ "$job" = running ] && exit ${jobExitCodes.running}\nrm -rf -- "$dir" && { rmdir -- "$base" 2>/dev/null || true; }`,
    login,
  )
}
