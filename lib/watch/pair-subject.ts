import type { Host } from '@/lib/domain/host'
import { pairPlaces } from '@/lib/domain/host-places'
import type { Operation } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import { keptPackages } from '@/lib/profiles/kept-packages'
import type { Profile } from '@/lib/profiles/schema'
import type { HostPlace } from '@/lib/watch/host-watch'

/** A pair with everything that a look needs to know of it, as the store has it now. */
export type PairSubject = {
  readonly pair: Pair
  readonly hosts: Readonly<Record<Role, Host>>
  readonly profile: Profile
  /** The operation that holds it, if any. */
  readonly operation: Operation | null
}

/** Where on a host the pair's facts are. */
export function placeOf(
  { pair, hosts, profile }: Pick<PairSubject, 'pair' | 'hosts' | 'profile'>,
  role: Role,
): HostPlace {
  const { port, socketDirectory, osUser } = profile.postgres
  const { unit, versionFile, versionCommand } = profile.application
  return {
    server: pair.scope.database ? { port, socketDirectory, osUser } : null,
    machine: {
      places: pairPlaces(hosts[role], pair.slug),
      directoryIds: pair.settings.directories.map(({ id }) => id),
      keepsPackages: role === 'standby' && keptPackages(pair, profile) !== null,
      port,
      socketDirectory,
      hasDatabase: pair.scope.database,
      application: { unit, versionFile, versionCommand },
    },
  }
}
