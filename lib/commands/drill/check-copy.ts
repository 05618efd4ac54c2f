import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { gentle } from '@/lib/commands/gentle'
import { type SqlStatement, sql } from '@/lib/commands/sql'
import type { DrillPlaces } from '@/lib/domain/drill-places'

/** Databases that can be connected to, one row each. */
export const databasesQuestion =
  'select datname::text as name from pg_database where datallowconn order by datname'

/** Every table and materialised view of a database that has content, by number, one row each. */
export const relationsQuestion = `select c.oid::text as oid from pg_class c
where c.relkind in ('r', 'm') and c.relispopulated and c.relpersistence <> 't' order by c.oid`

/**
 * Reads the first row of each of these, so that their files are opened. What can't be read is left for `unreadQuestion` in the same session. Row
 * security does not hold for a superuser. Throws RangeError on what is no number.
 */
export function readRelations(oids: readonly string[]): SqlStatement {
  if (!oids.every((oid) => /^\d+$/.test(oid))) throw new RangeError('not the number of a relation')
  return sql(`do $understudy$ declare r regclass; unread text[] := '{}'; begin
  foreach r in array '{${oids.join(',')}}'::regclass[] loop
    begin execute format('select 1 from only %s limit 1', r);
    exception when others then unread := unread || format('%s: %s', r, sqlerrm); end;
  end loop;
  perform set_config('understudy.unread', to_json(unread)::text, false);
end $understudy$`)
}

/** Row `unread`: JSON list of the relations that `readRelations` could not read, each with PostgreSQL's own words. */
export const unreadQuestion = `select current_setting('understudy.unread') as unread`

/** What timeout(1) ends with when the time was over, and pg_amcheck where it found something wrong (its own exit code from 14 on). */
export const amcheckExitCodes = { fine: 0, corrupt: 2, timedOut: 124 } as const

/**
 * Looks through every table and B-tree index of every database for what is not as it must be (documentation, pg_amcheck); the extension that it needs
 * is put into the copy where it is missing. It gives way to all else on the host, and ends when its time is over.
 */
export const amcheckCopy = (given: {
  readonly binDirectory: string
  readonly places: DrillPlaces
  readonly port: number
  readonly osUser: string
  readonly minutes: number
}): Command =>
  asDatabaseOwner(
    sh`${gentle} timeout ${given.minutes * 60} ${`${given.binDirectory}/pg_amcheck`} --host=${given.places.root} --port=${given.port} --username=${given.osUser} --no-password --all --install-missing`,
  )
