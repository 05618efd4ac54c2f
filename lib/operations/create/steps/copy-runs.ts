import { readDirectoryRuns } from '@/lib/commands/sync-facts'
import type { DirectoryFacts } from '@/lib/domain/observation'
import { parseDirectoryRuns } from '@/lib/facts/directory-runs'
import type { CreateContext } from '@/lib/operations/create/context'

const timeoutMs = 20_000

/** Name of the job that makes one directory's first copy. */
export const copyJobId = (operationId: string, id: string): string => `first-copy-${operationId}-${id}`

/** What the runs of the pair's directories left on the standby, by id. */
export async function readRuns({ doors, pair }: CreateContext): Promise<ReadonlyMap<string, DirectoryFacts>> {
  const ids = pair.settings.directories.map(({ id }) => id)
  const { stdout } = await doors.standby.ask(readDirectoryRuns(pair.slug, ids), { timeoutMs })
  return new Map(parseDirectoryRuns(stdout).map((facts) => [facts.id, facts]))
}
