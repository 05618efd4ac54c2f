import { quote, type RunAs } from '@/lib/commands/command'
import type { Privilege } from '@/lib/domain/host'

/** OS user that owns PostgreSQL where the login user is root or may use sudo. */
export const defaultDatabaseOwner = 'postgres'

/** Who is signed in and what they may do: decides how a command becomes another user. */
export type Login = {
  readonly user: string
  readonly privilege: Privilege
  /** Whose PostgreSQL is there (the profile says so); Debian's user where nothing is said. */
  readonly databaseOwner?: string | undefined
}

const ownerOf = ({ databaseOwner = defaultDatabaseOwner }: Login): string => databaseOwner

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const environment = `env LC_ALL=C PATH=${searchPath}`

/**
 * Shell text that turns this process into `program` run as `user` by root: without a fork, a PAM session or a new
 * process group, so that signals and exit codes go through (setpriv(1)).
 */
function switchUser(user: string, program: string): string {
  const name = quote(user)
  return (
    `uid=$(id -u -- ${name}) && gid=$(id -g -- ${name}) && HOME=$(getent passwd -- "$uid" | cut -d: -f6) && export HOME && ` +
    `exec setpriv --reuid="$uid" --regid="$gid" --init-groups -- ${environment} ${program}`
  )
}

/** What sudoers permits where unrestricted sudo is not given; see `host/understudy-root`. */
export const rootProgram = '/usr/local/lib/understudy/understudy-root'

/** Its exit code before the announcement: the command is not one of those that are permitted. */
export const rootRefusedCode = 77

/**
 * The text for sshd's exec that runs a command as {@link becomeUser} does, behind its announcement (`announceGroup`). Where
 * `rootProgram` is installed sudo runs that, and it decides whether the command is permitted; elsewhere sudo runs the shell.
 */
export function startAs(text: string, mark: string, as: RunAs, login: Login): string | null {
  const announced = announceGroup(text, mark)
  if (as !== 'root' || login.privilege !== 'sudo') return becomeUser(announced, as, login)
  const choose = `[ ! -x ${rootProgram} ] || exec sudo -n -- ${rootProgram} "$1" "$2"\nexec sudo -n -- ${environment} ${announced}`
  return `cd / && exec sh -c ${quote(choose)} sh ${quote(mark)} ${quote(text)}`
}

/**
 * The text for sshd's exec that runs `program` (already shell text) as the wanted user with LC_ALL=C, a fixed PATH and
 * `/` as working directory. Null when the login user can't become that user: an unprivileged one can't become root.
 * An unprivileged login user owns the database itself.
 */
export function becomeUser(program: string, as: RunAs, login: Login): string | null {
  const plain = `cd / && exec ${environment} ${program}`
  if (as === 'login' || (as === 'database-owner' && login.privilege === 'unprivileged')) return plain
  if (as === 'root' || as === 'administrator') {
    if (login.privilege === 'root') return plain
    return login.privilege === 'sudo' ? `cd / && exec sudo -n -- ${environment} ${program}` : null
  }
  return login.privilege === 'root'
    ? `cd / && ${switchUser(ownerOf(login), program)}`
    : `cd / && exec sudo -n -u ${quote(ownerOf(login))} -- ${environment} ${program}`
}

/** As {@link becomeUser}, for a process that already is root (login root or sudo), or the unprivileged login user. */
export function becomeUserInJob(program: string, as: RunAs, login: Login): string | null {
  const isRoot = as === 'root' || as === 'administrator'
  if (login.privilege === 'unprivileged') return isRoot ? null : `exec ${environment} ${program}`
  if (isRoot || (as === 'login' && login.privilege === 'root')) return `exec ${environment} ${program}`
  return switchUser(as === 'login' ? login.user : ownerOf(login), program)
}

/**
 * `text` as a program that first says, on both streams and behind `mark`, which process group it runs in
 * (proc_pid_stat(5), field 5): the proof that the user was reached, the handle by which it is ended, and the end of whatever the
 * login shell's own start-up files printed.
 */
export function announceGroup(text: string, mark: string): string {
  return `sh -c ${quote(`read -r _ _ _ _ group _ </proc/$$/stat; echo "${mark} $group"; echo "${mark} $group" >&2\n${text}`)}`
}

/** SIGTERM, then SIGKILL after this time, for a command that is ended by time-out or abort. */
export const endGraceMs = 1000

/**
 * Shell text that ends a process group: SIGTERM, SIGKILL after `graceMs`, and returns when it is gone. `group` is its number or
 * a shell variable that holds it, or `@@group@@` where it is written down in rights. Never run it from inside the group.
 */
export function endGroupText(group: number | '$pid' | '@@group@@', graceMs: number): string {
  // 0 and 1 would be the caller's own group and everybody's.
  if (typeof group === 'number' && !(Number.isSafeInteger(group) && group > 1))
    throw new RangeError(`not a process group: ${group}`)
  const rounds = Math.max(0, Math.ceil(graceMs / 50))
  return [
    `kill -s TERM -- -${group} 2>/dev/null || exit 0`,
    `i=0; while kill -s 0 -- -${group} 2>/dev/null && [ "$i" -lt ${rounds} ]; do sleep 0.05; i=$((i+1)); done`,
    `kill -s KILL -- -${group} 2>/dev/null || exit 0`,
    `i=0; while kill -s 0 -- -${group} 2>/dev/null; do [ "$i" -lt 100 ] || exit 1; sleep 0.05; i=$((i+1)); done`,
  ].join('\n')
}
