import { asRoot, type Command } from '@/lib/commands/command'
import { type LogPiece, logChunk } from '@/lib/commands/log-chunk'
import { searchLog } from '@/lib/commands/search-log'
import type { Host } from '@/lib/domain/host'
import type { LoudnessAsked } from '@/lib/domain/log-severity'
import { type LogBytes, parseLogChunk } from '@/lib/facts/log-chunk'
import { type LogMatches, parseLogSearch } from '@/lib/facts/log-search'
import type { Doors } from '@/lib/ports/host-door'

/** A search reads the whole file, at some hundreds of MB a second. */
const timeoutMs = { read: 10_000, search: 60_000 } as const

/** Logs belong to root where there is root. */
const asReader = (host: Host, command: Command) =>
  host.privilege === 'unprivileged' ? command : asRoot(command)

/** A piece of a file of a host; null where there is no such file. Throws HOST_*. */
export async function readPiece(doors: Doors, host: Host, piece: LogPiece): Promise<LogBytes | null> {
  const command = asReader(host, logChunk(piece))
  const { stdout } = await doors.door(host).runOrThrow(command, { timeoutMs: timeoutMs.read })
  return parseLogChunk(stdout)
}

/** Lines of a file of a host; null where there is no such file. Throws HOST_*. */
export async function searchFile(
  doors: Doors,
  host: Host,
  { path, ...asked }: { readonly path: string; readonly text: string; readonly loudness: LoudnessAsked },
): Promise<LogMatches | null> {
  const command = asReader(host, searchLog(path, asked))
  const { stdout } = await doors.door(host).runOrThrow(command, { timeoutMs: timeoutMs.search })
  return parseLogSearch(stdout)
}
