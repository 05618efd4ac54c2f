import { listDiffering } from '@/lib/commands/sync-runs'
import { pairPlaces } from '@/lib/domain/host-places'
import { parseDifferingFiles } from '@/lib/facts/differing-files'
import type { OperationContext } from '@/lib/operations/context'

/** By directory the files that are listed as differing, at most `max` of each. Throws HOST_*. */
export async function readDifferingFiles(
  { doors, hosts, pair }: Pick<OperationContext, 'doors' | 'hosts' | 'pair'>,
  max: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const ids = pair.settings.directories.map(({ id }) => id)
  const question = listDiffering(pairPlaces(hosts.standby, pair.slug), ids, max)
  return parseDifferingFiles((await doors.standby.ask(question, { timeoutMs: 20_000 })).stdout)
}
