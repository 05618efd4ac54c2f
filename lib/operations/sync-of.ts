import type { Sync } from '@/lib/commands/sync'
import { pairPlaces } from '@/lib/domain/host-places'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { verificationOf } from '@/lib/domain/verification-setting'
import { AppError } from '@/lib/errors'
import type { AnyOperationContext } from '@/lib/operations/context'

type Ground = Pick<AnyOperationContext, 'pair' | 'profile' | 'hosts'> & {
  readonly layouts: {
    readonly standby: Pick<PostgresLayout, 'osUser' | 'socketDirectory' | 'port' | 'binDirectory'> | null
  }
}

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
    directories: pair.settings.directories,
    verification: verificationOf(pair.settings.verification, pair.slug),
  }
}
