import { asDatabaseOwner, asRoot, type Command, sh, withStdin } from '@/lib/commands/command'
import { cutOff } from '@/lib/commands/whole-input'
import type { Privilege } from '@/lib/domain/host'

/** Exit codes of the two commands below that mean something of their own. */
export const fileExitCodes = { absent: 44, diskFull: 28, cutOff } as const

export type FileToWrite = {
  readonly path: string
  readonly content: string
  /** As in chmod(1), e.g. `0600`. */
  readonly mode: string
  /** As in chown(1), e.g. `root:root`. */
  readonly owner: string
  readonly isSecret: boolean
  /** Who writes and reads it: the keeper of our own files where nothing else is said. */
  readonly as?: FileUser
}

/**
 * In a directory that another user may write, that user acts and never root: else the user could have root write anywhere, by a
 * link put in the way.
 */
export type FileUser = 'keeper' | 'database-owner'

const asUser = (command: Command, privilege: Privilege, as: FileUser = 'keeper'): Command => {
  if (as === 'database-owner') return asDatabaseOwner(command)
  return privilege === 'unprivileged' ? command : asRoot(command)
}

/**
 * Writes a file by a temporary one beside it, fsync and rename: a reader sees the old or the new content, never half of one. What
 * arrives is counted first: a connection that is lost in the middle looks like the end of the input. A symbolic link is
 * replaced, not followed; nor is one that somebody puts in the temporary file's place meanwhile: that is opened once, as a file that
 * was not there before, and what follows is done to what is open and not to a name.
 */
export function writeFileCommand(file: FileToWrite, privilege: Privilege): Command {
  const bytes = Buffer.byteLength(file.content)
  const command = sh`umask 077
path=${file.path}
dir=$(dirname -- "$path")
new=$(mktemp -u -- "$path.understudy.XXXXXX") || exit 1
set -C
exec 3>"$new" || exit 1
opened=/proc/self/fd/3
trap 'rm -f -- "$new"' EXIT
full() {
  free=$(df -Pk -- "$dir" | awk 'NR == 2 { print $4 }')
  [ "$((free * 1024))" -lt ${bytes + 4096} ] && exit ${fileExitCodes.diskFull}
  exit 1
}
cat >&3 || full
[ "$(wc -c <"$opened")" -eq ${bytes} ] || exit ${fileExitCodes.cutOff}
chmod -- ${file.mode} "$opened" && chown -- ${file.owner} "$opened" || exit 1
sync -- "$opened" || full
mv -fT -- "$new" "$path" || exit 1
trap - EXIT
sync -- "$dir"`
  return withStdin(asUser(command, privilege, file.as), file.content, file.isSecret)
}

/**
 * Prints the file; exit code `absent` when there is none. Root follows no link: it may stand in a directory of the application's
 * user, who could point it at any file. Of their own PostgreSQL and of their own home users read through links.
 */
export function readFileCommand(path: string, privilege: Privilege, as?: FileUser): Command {
  const isRoot = privilege !== 'unprivileged' && as !== 'database-owner'
  const print = isRoot ? sh`dd if="$path" iflag=nofollow,nonblock bs=64K status=none` : sh`cat -- "$path"`
  const command = sh`path=${path}; [ -e "$path" ] || exit ${fileExitCodes.absent}; exec ${print}`
  return asUser(command, privilege, as)
}
