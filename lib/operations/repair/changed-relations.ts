import type { DivergedSummary } from '@/lib/facts/diverged-summary'
import { ownerTarget } from '@/lib/operations/preflight/read-host-facts'
import type { RepairContext } from '@/lib/operations/repair/basis'

/** The tablespace that a relation's path names where it lies in its database's own (pg_tablespace.dat: pg_default). */
const defaultTablespace = 1663
/** Relations from this number on are somebody's; below are PostgreSQL's own (FirstNormalObjectId). */
const firstOfUsers = 16_384
const namedMax = 12

/**
 * Names of the tables that were changed, those with the most records first, as the primary knows them; one that it does not have was made,
 * or rewritten, behind the fork. The same relation has the same number on both.
 */
export async function nameChanged(
  { databases, doors, profile }: RepairContext,
  { changed }: DivergedSummary,
): Promise<readonly string[]> {
  const ofUsers = changed
    .filter(({ database, fileNode }) => database !== 0 && fileNode >= firstOfUsers)
    .toSorted((one, other) => other.records - one.records)
    .slice(0, namedMax)
  const names: string[] = []
  for (const oid of new Set(ofUsers.map(({ database }) => database))) {
    const [row] = await databases.primary.query(
      'select datname::text as name from pg_database where oid = $1',
      [oid],
    )
    const entries = ofUsers.filter(({ database }) => database === oid)
    if (!row) {
      names.push(`${entries.length} of a database that the primary does not have`)
      continue
    }
    const session = await doors.primary.database({
      ...ownerTarget(profile.postgres),
      database: String(row.name),
    })
    try {
      for (const { tablespace, fileNode, records } of entries) {
        const [found] = await session.query('select pg_filenode_relation($1, $2)::regclass::text as name', [
          tablespace === defaultTablespace ? 0 : tablespace,
          fileNode,
        ])
        names.push(
          found?.name
            ? `${row.name}: ${found.name} (${records} records)`
            : `${row.name}: file ${fileNode}, which the primary does not have (${records} records)`,
        )
      }
    } finally {
      await session.close()
    }
  }
  return names
}
