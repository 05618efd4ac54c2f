import { isAsLoud, type LoudnessAsked } from '@/lib/domain/log-severity'
import type { Instant } from '@/lib/domain/observation'
import type { LogChunk } from '@/lib/domain/views'

/** The part of a log file that is here: whole lines, and what of the last one has come so far. */
export type LogLines = {
  readonly lines: readonly string[]
  /** The last line, not ended yet; empty where the text ended with a line break. */
  readonly unended: string
  /** Bytes of the file before the first line. */
  readonly startOffset: number
  readonly nextOffset: number
  readonly sizeBytes: number
  readonly path: string
  /** Which file the last piece was of. */
  readonly file: string
  /** How many of the first lines are of files that were rotated away. */
  readonly olderLines: number
  /** How many times the file was seen to begin anew. */
  readonly rotations: number
}

/** The last piece of a file. The first line is left out where it was cut. */
export function firstLines(chunk: LogChunk): LogLines {
  const parts = chunk.text.split('\n')
  const isCut = chunk.offset > 0
  const dropped = isCut ? (parts.shift() ?? '') : ''
  return {
    lines: parts.slice(0, -1),
    unended: parts.at(-1) ?? '',
    startOffset: chunk.offset + (isCut ? byteLength(`${dropped}\n`) : 0),
    nextOffset: chunk.nextOffset,
    sizeBytes: chunk.sizeBytes,
    path: chunk.path,
    file: chunk.file,
    olderLines: 0,
    rotations: 0,
  }
}

/**
 * With what was written since. Another file, or one that became smaller, was rotated or emptied: it begins anew, and the old lines stay
 * above. Of very many lines the oldest are let go: they are in the file.
 */
export function withNewer(known: LogLines, chunk: LogChunk): LogLines {
  const isRotated = chunk.file !== known.file || chunk.offset < known.nextOffset
  const ended = isRotated && known.unended ? [known.unended] : []
  const parts = `${isRotated ? '' : known.unended}${chunk.text}`.split('\n')
  if (!isRotated && chunk.text === '')
    return known.sizeBytes === chunk.sizeBytes ? known : { ...known, sizeBytes: chunk.sizeBytes }
  const kept = [...known.lines, ...ended]
  return withoutOldest({
    ...known,
    file: chunk.file,
    olderLines: isRotated ? kept.length : known.olderLines,
    lines: [...kept, ...parts.slice(0, -1)],
    unended: parts.at(-1) ?? '',
    startOffset: isRotated ? 0 : known.startOffset,
    nextOffset: chunk.nextOffset,
    sizeBytes: chunk.sizeBytes,
    rotations: known.rotations + (isRotated ? 1 : 0),
  })
}

/** Lines that are held at most while a log is followed, and how many of them stay where there are more. */
const heldLines = { max: 50_000, kept: 40_000 } as const

function withoutOldest(known: LogLines): LogLines {
  if (known.lines.length <= heldLines.max) return known
  const dropped = known.lines.length - heldLines.kept
  const older = Math.min(dropped, known.olderLines)
  const bytes = known.lines.slice(older, dropped).reduce((sum, line) => sum + byteLength(`${line}\n`), 0)
  return {
    ...known,
    lines: known.lines.slice(dropped),
    olderLines: known.olderLines - older,
    startOffset: known.startOffset + bytes,
  }
}

/** With the piece before; `chunk` ends where the known lines begin. */
export function withEarlier(known: LogLines, chunk: LogChunk): LogLines {
  const earlier = firstLines(chunk)
  const joined = earlier.unended ? [...earlier.lines, earlier.unended] : earlier.lines
  return { ...known, lines: [...joined, ...known.lines], startOffset: earlier.startOffset }
}

/** With the piece behind; `chunk` begins where the known lines end. Nothing is let go: somebody reads here. */
export function withLater(known: LogLines, chunk: LogChunk): LogLines {
  const parts = `${known.unended}${chunk.text}`.split('\n')
  return {
    ...known,
    lines: [...known.lines, ...parts.slice(0, -1)],
    unended: parts.at(-1) ?? '',
    nextOffset: chunk.nextOffset,
    sizeBytes: chunk.sizeBytes,
  }
}

/** Index of the line that begins at this byte or holds it; -1 where it is not among the lines of this file. */
export function lineAt(known: LogLines, offset: number): number {
  let begin = known.startOffset
  if (offset < begin) return -1
  for (const [index, line] of known.lines.slice(known.olderLines).entries()) {
    begin += byteLength(`${line}\n`)
    if (offset < begin) return index + known.olderLines
  }
  return -1
}

/** All lines, the unended one too. */
export const allLines = ({ lines, unended }: LogLines): readonly string[] =>
  unended ? [...lines, unended] : lines

const byteLength = (text: string) => new TextEncoder().encode(text).length

/** A run's own lines: the sync runner ends each run with one line that begins with its end (`host/understudy-sync`). */
export function linesOfRun(lines: readonly string[], endedAt: Instant): readonly string[] {
  const last = lines.findIndex((line) => endOf(line) === Date.parse(endedAt))
  if (last < 0) return []
  const before = lines.slice(0, last).findLastIndex((line) => endOf(line) !== null)
  return lines.slice(before + 1, last + 1)
}

const runEnd = /^(\d{4}-\d{2}-\d{2}T[\d:.]+Z) [\w-]+: /

/** When the run ended that this line closes, milliseconds; null for every other line. */
function endOf(line: string): number | null {
  const match = runEnd.exec(line)
  return match?.[1] ? Date.parse(match[1]) : null
}

export type LogFilter = { readonly text: string; readonly severity: LoudnessAsked }

/** Lines that a reader asked for. Text is looked for without regard to case. */
export function filterLines(lines: readonly string[], filter: LogFilter): readonly string[] {
  const wanted = filter.text.trim().toLowerCase()
  return lines.filter(
    (line) => (!wanted || line.toLowerCase().includes(wanted)) && isAsLoud(line, filter.severity),
  )
}
