import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'

export type FreeSpace = { readonly path: string; readonly freeBytes: number; readonly sizeBytes: number }

/**
 * What users other than root may still write in each of these directories, and how large its file system is; one line each, bytes, empty where it
 * can't be told.
 */
export const freeSpaceQuestion = (paths: readonly string[]): Command =>
  asDatabaseOwner(
    sh`for p in ${paths}; do echo "$(df -B1 --output=avail,size -- "$p" 2>/dev/null | tail -n 1)"; done`,
  )

/** Of those that could be told, in their order. */
export function parseFreeSpace(paths: readonly string[], text: string): readonly FreeSpace[] {
  const lines = text.split('\n')
  return paths.flatMap((path, index) => {
    const [, free, size] = /^\s*(\d+)\s+(\d+)\s*$/.exec(lines[index] ?? '') ?? []
    return free === undefined ? [] : [{ path, freeBytes: Number(free), sizeBytes: Number(size) }]
  })
}
