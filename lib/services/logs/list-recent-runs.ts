import { z } from 'zod'
import { readRecentRuns } from '@/lib/commands/sync-facts'
import { pairPlaces } from '@/lib/domain/host-places'
import { parseInput } from '@/lib/domain/parse-input'
import type { RecentRuns } from '@/lib/domain/views'
import { parseRecentRuns } from '@/lib/facts/run-records'
import type { ServiceContext } from '@/lib/services/context'
import { findHost, findPair } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

const recentRunsInput = z.object({
  slug: z.string().min(1),
  limit: z.coerce.number().int().min(1).max(100).default(30),
})

/** The latest runs of every directory of a pair, as the standby recorded them, newest first. Throws NOT_FOUND and HOST_*. */
export async function listRecentRuns(context: ServiceContext, input: unknown): Promise<RecentRuns> {
  await requireRole(context, 'viewer', 'directory.recent-runs')
  const { slug, limit } = parseInput(recentRunsInput, input)
  const pair = await findPair(context.store, slug)
  const host = await findHost(context.store, pair.hosts.standby)
  const ids = pair.settings.directories.map(({ id }) => id)
  const { stdout } = await context.doors
    .door(host)
    .ask(readRecentRuns(pairPlaces(host, slug), ids, limit), { timeoutMs: 15_000 })
  return parseRecentRuns(stdout)
}
