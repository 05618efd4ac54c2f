import type { Host } from '@/lib/domain/host'
import { hostPlaces } from '@/lib/domain/host-places'
import { nestedIn } from '@/lib/domain/nested-directories'
import { type NewerFiles, newerFilesSentence } from '@/lib/domain/newer-files'
import type { Pair, Role } from '@/lib/domain/pair'
import { toPublicError } from '@/lib/errors'
import { newerFilesQuestion, parseNewerFiles } from '@/lib/facts/newer-files'
import type { HostDoor } from '@/lib/ports/host-door'
import type { StoredObservation } from '@/lib/ports/store'

const timeoutMs = 10_000

/** When each directory's last good sync began, by the primary's clock; null for one that was never copied. */
function lastGoodSyncs({ observation }: StoredObservation): ReadonlyMap<string, string> | null {
  const { primary, standby } = observation.hosts
  if (!standby.machine.seen) return null
  const { directories, clockOffsetMs } = standby.machine.value
  const aheadMs = (primary.machine.seen ? primary.machine.value.clockOffsetMs : 0) - clockOffsetMs
  return new Map(
    directories.flatMap(({ id, lastGoodRun }) =>
      lastGoodRun ? [[id, new Date(Date.parse(lastGoodRun.startedAt) + aheadMs).toISOString()]] : [],
    ),
  )
}

/**
 * What is newer in the pair's directories on the primary than on the standby, in sentences; where it can't be known they say why.
 * Empty for a pair without directories. Never throws for what a host does.
 */
export async function readNewerFiles(given: {
  door: HostDoor
  hosts: Readonly<Record<Role, Host>>
  pair: Pick<Pair, 'scope' | 'settings'>
  latest: StoredObservation | null
}): Promise<string> {
  const { door, hosts, pair, latest } = given
  const directories = pair.scope.files ? pair.settings.directories : []
  const sentence = (found: readonly NewerFiles[], why: string | null) =>
    newerFilesSentence(hosts.primary.name, found, why)
  const unknown = (why: string) =>
    sentence(
      directories.map(({ title }) => ({ title, since: null, count: null })),
      why,
    )
  const since = latest && lastGoodSyncs(latest)
  if (directories.length === 0) return ''
  if (!since) return unknown(`when ${hosts.standby.name} copied last was not seen.`)
  const searched = directories.flatMap((directory) => {
    const from = since.get(directory.id)
    return from ? [{ ...directory, nested: nestedIn(directory, directories), since: from }] : []
  })
  try {
    const question = newerFilesQuestion(hostPlaces(hosts.primary), searched)
    const counts = parseNewerFiles((await door.runOrThrow(question, { timeoutMs })).stdout)
    return sentence(
      directories.map(({ id, title }) => ({
        title,
        since: since.get(id) ?? null,
        count: counts.get(id) ?? null,
      })),
      null,
    )
  } catch (error) {
    const { code, message } = toPublicError(error)
    if (code === 'INTERNAL') throw error
    return unknown(message)
  }
}
