import type { DirectoryRun } from '@/lib/domain/observation'
import type { RecentRuns } from '@/lib/domain/views'
import { parseRunRecord } from '@/lib/facts/directory-runs'
import { type LogBytes, toLogText } from '@/lib/facts/log-chunk'

/**
 * The records in a piece of `runs/<directory>.jsonl`, newest first. A first line that begins before the piece is left out, and
 * a last one that is still being written. Throws HOST_COMMAND_FAILED on a line that is no record.
 */
export function parseRunRecords(piece: Pick<LogBytes, 'bytes' | 'offset'>): readonly DirectoryRun[] {
  const lines = toLogText(piece).text.split('\n').slice(0, -1)
  return (piece.offset > 0 ? lines.slice(1) : lines).reverse().map(toRun)
}

function toRun(line: string): DirectoryRun {
  const { failures: _, ...run } = parseRunRecord(line)
  return run
}

/** Parses the answer to `readRecentRuns`: by id the runs of each directory, newest first. A last line that is still being written is left out. */
export function parseRecentRuns(text: string): RecentRuns {
  const found: Record<string, DirectoryRun[]> = {}
  let runs: DirectoryRun[] = []
  for (const line of text.split('\n')) {
    if (/^[a-z]/.test(line)) {
      runs = []
      found[line] = runs
    } else if (/^\{.*\}$/.test(line)) runs.unshift(toRun(line))
  }
  return found
}
