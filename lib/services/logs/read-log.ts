import { logQuery } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { LogChunk } from '@/lib/domain/views'
import { toLogText } from '@/lib/facts/log-chunk'
import type { ServiceContext } from '@/lib/services/context'
import { openLog } from '@/lib/services/logs/open-log'
import { requireRole } from '@/lib/services/require-role'

/**
 * A piece of one log of one host, by byte offset, never a whole file. Throws NOT_FOUND (also while the file was never written) and
 * HOST_*.
 */
export async function readLog(context: ServiceContext, input: unknown): Promise<LogChunk> {
  await requireRole(context, 'viewer', 'log.read')
  const { offset, limit, file } = parseInput(logQuery, input)
  const { path, read } = await openLog(context, input)
  const piece = await read({ offset, limit, file })
  return { path, file: piece.file, sizeBytes: piece.sizeBytes, ...toLogText(piece) }
}
