import { logQuery } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { LogChunk } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import { toLogText } from '@/lib/facts/log-chunk'
import type { ServiceContext } from '@/lib/services/context'
import { findHost, findPair, findProfile } from '@/lib/services/find-or-throw'
import { logFilesOf } from '@/lib/services/logs/log-files'
import { readPiece } from '@/lib/services/logs/read-piece'
import { requireRole } from '@/lib/services/require-role'

/**
 * A piece of one log of one host, by byte offset: only the logs that the profile and the pair name can be read, never
 * another path, and never a whole file. Throws NOT_FOUND (also while the file was never written) and HOST_*.
 */
export async function readLog(context: ServiceContext, input: unknown): Promise<LogChunk> {
  await requireRole(context, 'viewer', 'log.read')
  const { slug, log, host: role, offset, limit } = parseInput(logQuery, input)
  const pair = await findPair(context.store, slug)
  const file = logFilesOf(pair, findProfile(context, pair.profileId)).find(({ id }) => id === log)
  if (!file)
    throw new AppError('NOT_FOUND', `This pair has no log “${log}”.`, { fix: 'Choose one from the list.' })
  const host = await findHost(context.store, pair.hosts[role])
  const piece = await readPiece(context.doors, host, { path: file.path, offset, limit })
  if (!piece)
    throw new AppError('NOT_FOUND', `${host.name} has no file ${file.path} yet.`, {
      fix: 'It is written when there is something to write; look at the other host’s, too.',
    })
  return { path: file.path, sizeBytes: piece.sizeBytes, ...toLogText(piece) }
}
