import { type Command, sh, withStdin } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import type { HostPlaces } from '@/lib/domain/host-places'
import { AppError } from '@/lib/errors'

/** A path below a directory, as the bytes that it has on disk. */
export type FileName = Uint8Array

const isPlain = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  [0x2d, 0x2e, 0x2f, 0x5f].includes(byte)

/** As printf(1) reads it with `%b`. */
const toEscaped = (name: FileName): string =>
  Array.from(name, (byte) =>
    isPlain(byte) ? String.fromCharCode(byte) : `\\0${byte.toString(8).padStart(3, '0')}`,
  ).join('')

/**
 * Which of these files there are below a directory: a character for each, `.` where it is and `x` where it is not, in their order; `absent` where
 * the directory itself is not there. The names go in by standard input and are never words of a shell; no name comes back.
 */
export const filesThere = (
  at: Pick<HostPlaces, 'keeper'>,
  directory: string,
  names: readonly FileName[],
): Command =>
  asKeeper(
    at,
    withStdin(
      sh`cd -- ${directory} 2>/dev/null || { echo absent; exit 0; }
while IFS= read -r name; do printf '%b\\0' "$name"; done |
  xargs -0 -r sh -c 'for name; do if [ -e "./$name" ]; then printf .; else printf x; fi; done' sh`,
      names.map((name) => `${toEscaped(name)}\n`).join(''),
      false,
    ),
  )

/** Parses the answer for so many names: whether each is there; null where the directory is not. Throws HOST_COMMAND_FAILED on another answer. */
export function parseFilesThere(text: string, count: number): readonly boolean[] | null {
  if (text === 'absent\n') return null
  if (!/^[.x]*$/.test(text) || text.length !== count)
    throw new AppError('HOST_COMMAND_FAILED', 'A host did not say which of the files are there.', {
      fix: 'Try again; if it stays, look whether xargs is installed on the host.',
      detail: text.slice(0, 100),
    })
  return Array.from(text, (answer) => answer === '.')
}
