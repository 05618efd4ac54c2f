import { z } from 'zod'
import { pairPlaces } from '@/lib/domain/host-places'
import type { DirectoryRun } from '@/lib/domain/observation'
import { parseInput } from '@/lib/domain/parse-input'
import { runRecordsPath } from '@/lib/domain/sync-names'
import { AppError } from '@/lib/errors'
import { parseRunRecords } from '@/lib/facts/run-records'
import type { ServiceContext } from '@/lib/services/context'
import { findHost, findPair } from '@/lib/services/find-or-throw'
import { readPiece } from '@/lib/services/logs/read-piece'
import { requireRole } from '@/lib/services/require-role'

const directoryRunsInput = z.object({
  slug: z.string().min(1),
  directory: z.string().min(1),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})

/** About 250 bytes a record: room for more than the limit. */
const readBytes = 262_144

/**
 * The latest runs of a directory's sync as the standby recorded them, newest first; empty before the first one. Throws
 * NOT_FOUND and HOST_*.
 */
export async function listDirectoryRuns(
  context: ServiceContext,
  input: unknown,
): Promise<readonly DirectoryRun[]> {
  await requireRole(context, 'viewer', 'directory.runs')
  const { slug, directory, limit } = parseInput(directoryRunsInput, input)
  const pair = await findPair(context.store, slug)
  if (!pair.settings.directories.some(({ id }) => id === directory))
    throw new AppError('NOT_FOUND', `This pair has no directory “${directory}”.`, {
      fix: 'Choose one from the pair’s page.',
    })
  const host = await findHost(context.store, pair.hosts.standby)
  const path = runRecordsPath(pairPlaces(host, slug), directory)
  const piece = await readPiece(context.doors, host, { path, offset: -1, limit: readBytes, file: null })
  return piece ? parseRunRecords(piece).slice(0, limit) : []
}
