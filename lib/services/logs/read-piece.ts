import { asRoot } from '@/lib/commands/command'
import { logChunk } from '@/lib/commands/log-chunk'
import type { Host } from '@/lib/domain/host'
import { type LogBytes, parseLogChunk } from '@/lib/facts/log-chunk'
import type { Doors } from '@/lib/ports/host-door'

const timeoutMs = 10_000

/** A piece of a file of a host; null where there is no such file. Logs belong to root where there is root. Throws HOST_*. */
export async function readPiece(
  doors: Doors,
  host: Host,
  piece: { readonly path: string; readonly offset: number; readonly limit: number },
): Promise<LogBytes | null> {
  const command = logChunk(piece.path, piece.offset, piece.limit)
  const { stdout } = await doors
    .door(host)
    .runOrThrow(host.privilege === 'unprivileged' ? command : asRoot(command), { timeoutMs })
  return parseLogChunk(stdout)
}
