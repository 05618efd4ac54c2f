import { z } from 'zod'
import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { AppError } from '@/lib/errors'

/** What the database's owner finds on a host of a place where a tablespace shall lie. */
const tablespacePlace = z.object({
  path: z.string(),
  isDirectory: z.boolean(),
  isWritable: z.boolean(),
  /** Of its file system, as in `PathFacts`. */
  device: z.string(),
  freeBytes: z.number(),
})
export const tablespacePlaces = z.array(tablespacePlace)
export type TablespacePlace = z.infer<typeof tablespacePlace>

/** One line a path, in the order given: `directory<TAB>writable<TAB>device<TAB>free`. */
export const tablespacePlacesQuestion = (paths: readonly string[]): Command =>
  asDatabaseOwner(sh`for d in ${paths}; do
[ -d "$d" ] && e=yes || e=no
[ -w "$d" ] && [ -x "$d" ] && w=yes || w=no
while [ ! -e "$d" ]; do d=$(dirname -- "$d"); done
set -- $(df -PB1 -- "$d" | tail -n 1)
printf '%s\t%s\t%s\t%s\n' "$e" "$w" "$(stat -Lc %d -- "$d")" "$4"
done`)

/** Parses `tablespacePlacesQuestion`. Throws HOST_COMMAND_FAILED on another form. */
export function parseTablespacePlaces(paths: readonly string[], text: string): TablespacePlace[] {
  const lines = text.split('\n')
  const parsed = tablespacePlaces.safeParse(
    paths.map((path, index) => {
      const [directory, writable, device, free] = (lines[index] ?? '').split('\t')
      return {
        path,
        isDirectory: directory === 'yes',
        isWritable: writable === 'yes',
        device,
        freeBytes: Number(free || 'x'),
      }
    }),
  )
  if (parsed.success) return parsed.data
  throw new AppError('HOST_COMMAND_FAILED', 'The host answered in a form that is not known.', {
    fix: 'Try again; report this if it happens again.',
    detail: z.prettifyError(parsed.error),
  })
}
