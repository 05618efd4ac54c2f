import type { PairPlaces } from '@/lib/domain/host-places'
import { majorVersion } from '@/lib/domain/postgres-layout'

/** Names that Understudy uses on hosts and in PostgreSQL, in one place. */
export const replicationRole = 'understudy_repl'
export const monitorRole = 'understudy_monitor'

/** `application_name` of the standby's connection to the primary: how `pg_stat_replication` names it. */
export const applicationName = (slug: string): string => `understudy_${slug.replaceAll('-', '_')}`

/** Files of a pair on a host: state, keys, passwords, jobs. */
export const pairDirectory = ({ state, slug }: PairPlaces): string => `${state}/${slug}`

/** The password of `understudy_repl` for the standby's server, in the form of a PostgreSQL password file. */
export const passfilePath = (at: PairPlaces): string => `${pairDirectory(at)}/replication.pgpass`

/** `pg_hba.conf` and the seed's status name one address as a network: `10.1.2.3/32`, `fd00::1/128`. */
export const addressAsNetwork = (address: string): string =>
  `${address}${address.includes(':') ? '/128' : '/32'}`

/** Where the old data directory is kept: a rename on the same file system. */
export const asidePath = (path: string, mark: string): string => `${path}.understudy-${mark}`

/** Where a new copy is made before it takes the place of the old one. Only such a path is ever removed. */
export const copyPath = (path: string, mark: string): string => `${path}.understudy-${mark}-copy`

/** The setting that keeps WAL for a standby that is away (PostgreSQL 13 renamed it) and its value. */
export function walKeepSetting(
  versionNum: number,
  segments: number,
  segmentBytes: number,
): { readonly name: string; readonly value: string; readonly number: number } {
  if (majorVersion(versionNum) < 13)
    return { name: 'wal_keep_segments', value: String(segments), number: segments }
  const megabytes = Math.ceil((segments * segmentBytes) / 1_048_576)
  return { name: 'wal_keep_size', value: `${megabytes}MB`, number: megabytes }
}

/** From this major version on a server can limit what a slot holds back (PostgreSQL 13, `max_slot_wal_keep_size`). */
export const slotLimitSince = 13

/** The setting that limits what slots hold back, and its value. */
export function slotLimitSetting(
  segments: number,
  segmentBytes: number,
): { readonly name: string; readonly value: string; readonly number: number } {
  const megabytes = Math.ceil((segments * segmentBytes) / 1_048_576)
  return { name: 'max_slot_wal_keep_size', value: `${megabytes}MB`, number: megabytes }
}

/** The standby's replication slot on its primary: lower-case letters, digits and underscores (documentation 27.2.6). */
export const slotName = (slug: string): string => applicationName(slug)
