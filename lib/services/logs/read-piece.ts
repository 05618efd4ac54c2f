import { asRoot } from '@/lib/commands/command'
import { type LogPiece, logChunk } from '@/lib/commands/log-chunk'
import type { Host } from '@/lib/domain/host'
import { type LogBytes, parseLogChunk } from '@/lib/facts/log-chunk'
import type { Doors } from '@/lib/ports/host-door'

const timeoutMs = 10_000

/** A piece of a file of a host; null where there is no such file. Logs belong to root where there is root. Throws HOST_*. */
export async function readPiece(doors: Doors, host: Host, piece: LogPiece): Promise<LogBytes | null> {
  const command = logChunk(piece)
  const { stdout } = await doors
    .door(host)
    .runOrThrow(host.privilege === 'unprivileged' ? command : asRoot(command), { timeoutMs })
  return parseLogChunk(stdout)
}
