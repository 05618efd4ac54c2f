import type { PackageSync } from '@/lib/commands/package-sync'
import type { Sync } from '@/lib/commands/sync'
import { pairPlaces } from '@/lib/domain/host-places'
import { packageSettingOf } from '@/lib/domain/package-setting'
import { copiesFiles, type Pair } from '@/lib/domain/pair'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { AppError } from '@/lib/errors'
import type { AnyOperationContext } from '@/lib/operations/context'
import { keptPackages } from '@/lib/profiles/kept-packages'
import type { Profile } from '@/lib/profiles/schema'

type Ground = Pick<AnyOperationContext, 'pair' | 'profile' | 'hosts'> & {
  readonly layouts: {
    readonly standby: Pick<PostgresLayout, 'osUser' | 'socketDirectory' | 'port' | 'binDirectory'> | null
  }
}

type OfPair = {
  readonly pair: Pick<Pair, 'slug' | 'scope' | 'settings'>
  readonly profile: Pick<Profile, 'packages'>
}

/** What of packages the pair keeps; null where it leaves them out, or its profile names none. */
export function packageSyncOf({ pair, profile }: OfPair): PackageSync | null {
  const kept = keptPackages(pair, profile)
  return (
    kept && { ...packageSettingOf(pair.settings.packages, pair.slug), system: kept.system, pip: kept.pip }
  )
}

/** Whether the standby asks the primary for anything beside its database: directories, or which packages it has. */
export const hasSync = (of: OfPair): boolean => copiesFiles(of.pair) || packageSyncOf(of) !== null

/** The pair's file sync, from primary to standby as they are at plan time. Throws HOST_KEY_UNCONFIRMED. */
export function syncOf({ pair, profile, hosts, layouts }: Ground): Sync {
  const { address, port, user, hostKey, name } = hosts.primary
  if (hostKey === null)
    throw new AppError('HOST_KEY_UNCONFIRMED', `The host key of ${name} has not been confirmed.`, {
      fix: `Open the host ${name} and confirm its key: the standby accepts no other.`,
    })
  const { standby } = layouts
  return {
    places: {
      primary: pairPlaces(hosts.primary, pair.slug),
      standby: pairPlaces(hosts.standby, pair.slug),
    },
    primary: { address, port, user, hostKey },
    standbyAddress: hosts.standby.address,
    database:
      pair.scope.database && standby
        ? {
            owner: standby.osUser,
            socketDirectory: standby.socketDirectory,
            port: standby.port,
            binDirectory: standby.binDirectory,
          }
        : null,
    logDirectory: profile.logDirectory,
    directories: copiesFiles(pair) ? pair.settings.directories : [],
    packages: packageSyncOf({ pair, profile }),
  }
}
