import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'

/**
 * Renames a directory on its own file system; refuses (exit code 17) when the new name is taken, so that nothing is
 * ever moved into or over something.
 */
export const renameDirectory = (from: string, to: string): Command =>
  asDatabaseOwner(sh`[ ! -e ${to} ] && [ ! -L ${to} ] || exit 17; mv -T -- ${from} ${to} && sync -- ${to}`)

/** Removes a copy that an operation made. Only paths that end with the mark of one are accepted: throws RangeError. */
export function removeCopy(path: string): Command {
  if (!/\.understudy-[0-9a-f]{8}-copy$/.test(path)) throw new RangeError(`not a copy of ours: ${path}`)
  return asDatabaseOwner(sh`rm -rf -- ${path}`)
}
