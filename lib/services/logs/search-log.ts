import { logSearchQuery } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { LogMatchesView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { openLog } from '@/lib/services/logs/open-log'
import { requireRole } from '@/lib/services/require-role'

/**
 * Looks through a whole log on its host, however large: how many lines match, and the latest of them, each with the byte that it begins
 * at. Throws NOT_FOUND and HOST_*.
 */
export async function searchLog(context: ServiceContext, input: unknown): Promise<LogMatchesView> {
  await requireRole(context, 'viewer', 'log.search')
  const { text, loudness } = parseInput(logSearchQuery, input)
  const { path, search } = await openLog(context, input)
  return { path, ...(await search({ text, loudness })) }
}
