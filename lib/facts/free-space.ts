import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'

export type FreeSpace = { readonly path: string; readonly freeBytes: number }

/** What users other than root may still write in each of these directories; one line of bytes each, empty where it can't be told. */
export const freeSpaceQuestion = (paths: readonly string[]): Command =>
  asDatabaseOwner(
    sh`for p in ${paths}; do echo "$(df -B1 --output=avail -- "$p" 2>/dev/null | tail -n 1)"; done`,
  )

/** Of those that could be told, in their order. */
export function parseFreeSpace(paths: readonly string[], text: string): readonly FreeSpace[] {
  const lines = text.split('\n').map((line) => line.trim())
  return paths.flatMap((path, index) => {
    const line = lines[index] ?? ''
    return /^\d+$/.test(line) ? [{ path, freeBytes: Number(line) }] : []
  })
}
