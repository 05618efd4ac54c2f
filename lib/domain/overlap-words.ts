import type { DirectoryRun } from '@/lib/domain/observation'

/** How many of a directory's turns were skipped because the copy before them still ran, e.g. `3 turns skipped`; empty where none was. */
export function overlapWords(run: Pick<DirectoryRun, 'overlaps'> | null): string {
  const count = run?.overlaps ?? 0
  return count === 0 ? '' : `${count} ${count === 1 ? 'turn' : 'turns'} skipped`
}
