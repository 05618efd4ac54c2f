import { formatBytes } from '@/lib/domain/format-bytes'
import type { PreflightCheck } from '@/lib/domain/preflight'
import type { PathFacts } from '@/lib/facts/path-survey'
import { missing } from '@/lib/operations/preflight/access-checks'
import { answerOf, type HostFacts, type TablespacePlacesFacts } from '@/lib/operations/preflight/host-facts'
import { fail, type Outcome, overridable, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'

/** Kept free beside what is copied: the copy grows while it is made. */
export const reserveShare = 0.05
export const reserveBytes = 64 * 1024 * 1024

export const pathOf = (host: HostFacts, path: string | undefined): PathFacts | undefined =>
  answerOf(host.paths)?.find((entry) => entry.path === path)

type Need = { readonly path: string; readonly bytes: number | null }
type Place = Pick<PathFacts, 'path' | 'device' | 'freeBytes'>

/** What is needed and what is free, for each file system; a path of which nothing is known is left out. */
export function roomByDevice(
  needs: readonly Need[],
  places: readonly Place[],
): readonly {
  readonly free: number
  readonly need: number
  readonly paths: readonly string[]
  readonly sentence: string
}[] {
  const byDevice = new Map<string, { free: number; need: number; paths: string[] }>()
  for (const { path, bytes } of needs) {
    const place = places.find((entry) => entry.path === path)
    if (!place) continue
    const entry = byDevice.get(place.device) ?? { free: place.freeBytes, need: 0, paths: [] }
    entry.need += bytes ?? 0
    entry.paths.push(path)
    byDevice.set(place.device, entry)
  }
  return [...byDevice.values()].map(({ free, need, paths }) => ({
    free,
    need,
    paths,
    sentence: `${paths.join(', ')}: ${formatBytes(need)} to copy, ${formatBytes(free)} free`,
  }))
}

/** What is copied to the standby, by path. */
function needsOf(primary: HostFacts, standby: HostFacts, directories: readonly string[]): readonly Need[] {
  const [from, to] = [answerOf(primary.server), answerOf(standby.server)]
  const database =
    from && to
      ? [
          {
            path: to.dataDirectory,
            bytes: pathOf(primary, from.dataDirectory)?.usedBytes ?? from.databasesBytes,
          },
        ]
      : []
  const tablespaces = (to && from?.tablespacePlaces) || []
  const spaces = tablespaces.map(({ location, bytes }) => ({ path: location, bytes }))
  const trees = directories.map((path) => ({ path, bytes: pathOf(primary, path)?.usedBytes ?? null }))
  return [...database, ...spaces, ...trees]
}

/** One line for each file system of the standby: what is needed there against what is free. */
export function diskSpaceCheck(
  primary: HostFacts,
  standby: HostFacts,
  directories: readonly string[],
  tablespaces: TablespacePlacesFacts | null,
): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('disk-space', 'Free space on the standby', 'standby', outcome)
  const seen = answerOf(standby.paths)
  if (!seen) return make(missing(standby.paths))
  const places = [...seen, ...(tablespaces?.seen ? tablespaces.value : [])]
  const needs = needsOf(primary, standby, directories)
  const systems = roomByDevice(needs, places)
  const evidence = `${systems.map(({ sentence }) => sentence).join('; ')}.`
  if (systems.some(({ free, need }) => free < need * (1 + reserveShare) + reserveBytes))
    return make(
      overridable(
        fail(
          evidence,
          `Make room on ${standby.name}: the copy needs its own space (and 5 % more), because what is there now is put aside, not deleted.`,
        ),
      ),
    )
  const uncounted = needs.filter(({ bytes }) => bytes === null).map(({ path }) => path)
  if (uncounted.length > 0)
    return make(
      warn(
        `${evidence} Not counted, because it was too large for the time or could not all be read: ${uncounted.join(', ')}.`,
        'See yourself that they fit on the standby: du -sh on the primary, df -h on the standby.',
      ),
    )
  return make(pass(evidence))
}
