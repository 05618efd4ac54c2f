import { readDirectoryRuns as question } from '@/lib/commands/sync-facts'
import { pairPlaces } from '@/lib/domain/host-places'
import type { DirectoryFacts } from '@/lib/domain/observation'
import { parseDirectoryRuns } from '@/lib/facts/directory-runs'
import type { OperationContext } from '@/lib/operations/context'

/** What the runs of the pair's directories left on the standby, by id. Throws HOST_*. */
export async function readDirectoryRuns({
  doors,
  hosts,
  pair,
}: Pick<OperationContext, 'doors' | 'hosts' | 'pair'>): Promise<ReadonlyMap<string, DirectoryFacts>> {
  const ids = pair.settings.directories.map(({ id }) => id)
  const { stdout } = await doors.standby.ask(question(pairPlaces(hosts.standby, pair.slug), ids), {
    timeoutMs: 20_000,
  })
  return new Map(parseDirectoryRuns(stdout).map((facts) => [facts.id, facts]))
}
