/**
 * Statements that ask for files that rows of the database refer to, by a query of the profile's: one that only reads and answers one column,
 * a path for each row. They run in pages, each a statement of its own, so that no snapshot is held for long: on a standby that would keep replay
 * waiting, or be cancelled (PostgreSQL documentation 27.4.2, Handling Query Conflicts).
 */
export const rowFilesPage = 5_000

/** A name is asked for as the bytes that it has on disk: what a database without an encoding keeps is told as it is. */
const encoding = `(case when getdatabaseencoding() = 'SQL_ASCII' then 'SQL_ASCII' else 'UTF8' end)::name`

/** The query within another: without its last semicolon, and with a line of its own, since it may end with a comment. */
const named = (query: string): string => `(\n${query.trim().replace(/[;\s]+$/, '')}\n) as named(path)`

/** Row `type`: what the query's column is; none where it answers no row. */
export const rowFilesType = (query: string): string =>
  `select pg_typeof(named.path)::text as type from ${named(query)} limit 1`

/**
 * The next names, each once, in the database's own order: rows `name` in hexadecimal digits. The first page has no parameter, the others the last
 * name of the page before.
 */
export function rowFilesNames(query: string, type: string, isFirst: boolean): string {
  const isBytes = type === 'bytea'
  const value = isBytes ? 'named.path' : 'named.path::text'
  const toHex = isBytes ? `encode(path, 'hex')` : `encode(convert_to(path, ${encoding}), 'hex')`
  const last = isBytes ? `decode($1, 'hex')` : `convert_from(decode($1, 'hex'), ${encoding})`
  return `select ${toHex} as name from (select ${value} as path from ${named(query)}) as files
where path is not null${isFirst ? '' : ` and path > ${last}`} group by path order by path limit ${rowFilesPage}`
}
