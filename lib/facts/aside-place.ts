import { z } from 'zod'
import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { AppError } from '@/lib/errors'

/** What the database's owner finds of a directory that old data shall be put into. */
export const asidePlace = z.object({
  isDirectory: z.boolean(),
  isWritable: z.boolean(),
  /** Its own path, links followed. */
  path: z.string(),
  /** On the file system of the data directory, and in the same mount: a rename leads there. */
  isSameFileSystem: z.boolean(),
})
export type AsidePlace = z.infer<typeof asidePlace>

export const asidePlaceQuestion = (directory: string, dataDirectory: string): Command =>
  asDatabaseOwner(sh`d=${directory}
say() { printf '%s=%s\n' "$1" "$2"; }
[ -d "$d" ] && say directory yes || say directory no
[ -w "$d" ] && [ -x "$d" ] && say writable yes || say writable no
say path "$(readlink -f -- "$d")"
[ "$(stat -Lc '%d %m' -- "$d")" = "$(stat -c '%d %m' -- "$(dirname -- "$(readlink -f -- ${dataDirectory})")")" ] && say same yes || say same no`)

/** Parses `asidePlaceQuestion`. Throws HOST_COMMAND_FAILED on another form. */
export function parseAsidePlace(text: string): AsidePlace {
  const read = (key: string): string => {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${key}=`))
    if (line !== undefined) return line.slice(key.length + 1)
    throw new AppError('HOST_COMMAND_FAILED', 'The host answered in a form that is not known.', {
      fix: 'Try again; report this if it happens again.',
      detail: `no line “${key}”`,
    })
  }
  return {
    isDirectory: read('directory') === 'yes',
    isWritable: read('writable') === 'yes',
    path: read('path'),
    isSameFileSystem: read('same') === 'yes',
  }
}
