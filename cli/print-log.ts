import { setTimeout as pause } from 'node:timers/promises'
import type { Role } from '@/lib/domain/pair'
import type { ServiceContext } from '@/lib/services/context'
import { readLog } from '@/lib/services/logs/read-log'

export type LogToPrint = {
  readonly slug: string
  /** As `understudy logs` lists it: a directory's id, `warm-standby`, `rsync_pip_req` … */
  readonly log: string
  readonly host: Role
  /** How many of the last lines to begin with. */
  readonly lines: number
  /** Goes on with what is written until this is aborted; null ends at the end of the file. */
  readonly follow: AbortSignal | null
  readonly write: (text: string) => void
}

const pieceBytes = { min: 65_536, max: 1_048_576, ofLine: 200 }
const pauseMs = 1_000

/** The end of a log as it is on the host, and what comes after it. Throws as `readLog`. */
export async function printLog(context: ServiceContext, given: LogToPrint): Promise<void> {
  const { slug, log, host, follow, write } = given
  const limit = Math.min(Math.max(pieceBytes.min, given.lines * pieceBytes.ofLine), pieceBytes.max)
  const read = (offset: number, file: string | null) =>
    readLog(context, { slug, log, host, offset, limit, file })
  const tail = await read(-1, null)
  write(lastLines(tail.text, given.lines))
  let { nextOffset, file } = tail
  while (follow && !follow.aborted) {
    await pause(pauseMs, undefined, { signal: follow }).catch(() => undefined)
    if (follow.aborted) return
    const piece = await read(nextOffset, file)
    write(piece.text)
    nextOffset = piece.nextOffset
    file = piece.file
  }
}

/** The last `count` lines with their ends; the piece may begin within a line, which then is left out unless there are too few. */
function lastLines(text: string, count: number): string {
  const lines = text.split(/(?<=\n)/)
  return lines.slice(Math.max(0, lines.length - count)).join('')
}
