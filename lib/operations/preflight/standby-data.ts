import { formatBytes } from '@/lib/domain/format-bytes'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { missing } from '@/lib/operations/preflight/access-checks'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { pass, toCheck, warn } from '@/lib/operations/preflight/outcome'

/** Names in a list, cut where it would become too long to be read. */
const shortList = (names: readonly string[]): string =>
  names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ')

/**
 * What stands in a data directory beyond what initdb makes, one phrase each: databases, tables in the database `postgres`, and
 * files that PostgreSQL does not put there. Empty for a cluster that nobody has used.
 */
export function someonesData(host: HostFacts): readonly string[] {
  const [server, data] = [answerOf(host.server), answerOf(host.data)]
  const databases = server?.userDatabases ?? []
  const tables = server?.looseTables ?? 0
  const files = data?.foreignNames ?? []
  return [
    ...(databases.length > 0
      ? [
          `${databases.length > 1 ? 'the databases' : 'the database'} ${shortList(databases.map(({ name, bytes }) => `${name} (${formatBytes(bytes)})`))}`,
        ]
      : []),
    ...(tables > 0 ? [`${tables} ${tables > 1 ? 'tables' : 'table'} in the database postgres`] : []),
    ...(files.length > 0
      ? [`${files.length > 1 ? 'files' : 'a file'} that PostgreSQL did not make (${shortList(files)})`]
      : []),
  ]
}

/** Size of the data directory, in words; empty where it could not be counted. */
export function sizeOfData(host: HostFacts): string {
  const directory = answerOf(host.server)?.dataDirectory
  const bytes = answerOf(host.paths)?.find(({ path }) => path === directory)?.usedBytes
  return bytes == null ? '' : formatBytes(bytes)
}

/** Whether the standby's data directory is full of someone's data: then its name is typed before it is put aside. */
export function standbyDataCheck(standby: HostFacts): PreflightCheck {
  const check = (outcome: ReturnType<typeof pass>) =>
    toCheck('standby-data', 'Data on the standby', 'standby', outcome)
  const server = answerOf(standby.server)
  if (!server || !standby.data.seen) return check(missing(standby.server, standby.data))
  const found = someonesData(standby)
  if (found.length === 0) return check(pass(`${server.dataDirectory} holds nothing but an empty server.`))
  const size = sizeOfData(standby)
  return check(
    warn(
      `${standby.name} holds someone’s data: ${found.join('; ')}${size === '' ? '' : `, ${size} in all`}.`,
      `It is put aside, not deleted; the plan says where, and asks for the name ${standby.name} to be typed.`,
    ),
  )
}
