import { z } from 'zod'
import { parseInput } from '@/lib/domain/parse-input'
import type { LogFileView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { findPair, findProfile } from '@/lib/services/find-or-throw'
import { logFilesOf } from '@/lib/services/logs/log-files'
import { requireRole } from '@/lib/services/require-role'

const listLogFilesInput = z.object({ slug: z.string().min(1) })

/** Which logs can be read. Throws NOT_FOUND. */
export async function listLogFiles(context: ServiceContext, input: unknown): Promise<readonly LogFileView[]> {
  await requireRole(context, 'viewer', 'log.list')
  const { slug } = parseInput(listLogFilesInput, input)
  const pair = await findPair(context.store, slug)
  return logFilesOf(pair, findProfile(context, pair.profileId))
}
