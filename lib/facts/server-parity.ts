import { z } from 'zod'
import { parseJsonAnswer } from '@/lib/facts/json-answer'

const parity = 'what must suit the other host'
const texts = z.record(z.string(), z.string())

/** One line of pg_hba.conf as PostgreSQL has read it (documentation 54.10, pg_hba_file_rules). */
const hbaRule = z.object({
  line: z.int(),
  type: z.string(),
  databases: z.array(z.string()),
  users: z.array(z.string()),
  /** An address, `all`, `samehost`, `samenet` or a host name; null for `local`. */
  address: z.string().nullable(),
  netmask: z.string().nullable(),
  method: z.string(),
})
export type HbaRule = z.infer<typeof hbaRule>

const aDatabase = z.object({
  name: z.string(),
  /** `c`: the C library's, `i`: ICU's, `b`: PostgreSQL's own (17). */
  provider: z.string(),
  collate: z.string(),
  ctype: z.string(),
  canConnect: z.boolean(),
})

/** What of a server must suit the other one before a copy is made. Names of settings are in small letters. */
export const serverParity = z.object({
  databases: z.array(aDatabase),
  /** Version of ICU's rules of sorting; null where the server is built without it. */
  icuVersion: z.string().nullable(),
  /** What postgresql.conf and what it includes say now, whether it is loaded or not; what the server would start with. */
  inFiles: texts,
  /** The same of postgresql.auto.conf, which a base backup brings along. */
  inAutoFile: texts,
  /** What holds where no file says anything. */
  builtIn: texts,
  /** What was given on the command line of the server, which no file changes. */
  onCommandLine: texts,
  /** Unit of a setting that has one. */
  units: texts,
  /** Where `$libdir` is. */
  libraryDirectory: z.string(),
  hbaRules: z.array(hbaRule),
})
export type ServerParity = z.infer<typeof serverParity>

/** Settings that decide whether the copy starts, and where it is found; in small letters. */
const parityNames = [
  'max_connections',
  'max_locks_per_transaction',
  'max_prepared_transactions',
  'max_wal_senders',
  'max_worker_processes',
  'shared_buffers',
  'huge_pages',
  'shared_preload_libraries',
  'session_preload_libraries',
  'local_preload_libraries',
  'dynamic_library_path',
  'timezone',
  'log_timezone',
  'lc_messages',
  'lc_monetary',
  'lc_numeric',
  'lc_time',
  'port',
  'unix_socket_directories',
] as const
export type ParityName = (typeof parityNames)[number]

const fileSettings = (isAuto: boolean) => `(select coalesce(json_object_agg(name, setting), '{}') from (
     select distinct on (lower(name)) lower(name) as name, setting from pg_file_settings
     where setting is not null and lower(name) = any ($1)
       and (sourcefile = current_setting('data_directory') || '/postgresql.auto.conf') = ${isAuto}
     order by lower(name), seqno desc) f)`

/**
 * One row, one column `parity` of type json; to be asked as the database's owner on PostgreSQL 12 or newer. Columns that not every version
 * has are read through json: absent is null there.
 */
export const serverParityQuestion = {
  text: `select json_build_object(
  'databases', (select coalesce(json_agg(json_build_object('name', datname,
     'provider', coalesce(to_jsonb(d) ->> 'datlocprovider', 'c'), 'collate', datcollate, 'ctype', datctype,
     'canConnect', datallowconn and datconnlimit <> -2) order by datname), '[]') from pg_database d),
  'icuVersion', (select pg_collation_actual_version(oid) from pg_collation where collprovider = 'i' limit 1),
  'inFiles', ${fileSettings(false)},
  'inAutoFile', ${fileSettings(true)},
  'builtIn', (select coalesce(json_object_agg(lower(name), boot_val) filter (where boot_val is not null), '{}')
     from pg_settings where lower(name) = any ($1)),
  'onCommandLine', (select coalesce(json_object_agg(lower(name), setting), '{}') from pg_settings
     where source = 'command line' and lower(name) = any ($1)),
  'units', (select coalesce(json_object_agg(lower(name), unit), '{}') from pg_settings
     where unit is not null and lower(name) = any ($1)),
  'libraryDirectory', (select setting from pg_config where name = 'PKGLIBDIR'),
  'hbaRules', (select coalesce(json_agg(rule), '[]') from (select json_build_object('line', line_number, 'type', type,
     'databases', database, 'users', user_name, 'address', address, 'netmask', netmask, 'method', auth_method) as rule
     from pg_hba_file_rules r where error is null
     order by coalesce((to_jsonb(r) ->> 'rule_number')::int, line_number) limit 2000) h)
) as parity`,
  params: [parityNames as readonly string[]],
} as const

/** Parses the row of `serverParityQuestion`. Throws POSTGRES_QUERY_FAILED on an answer of another shape. */
export const parseServerParity = (rows: readonly Readonly<Record<string, unknown>>[]): ServerParity =>
  parseJsonAnswer(serverParity, rows[0]?.parity, parity)

/** What one database of the primary needs. */
export const databaseParity = z.object({
  extensions: z.array(z.object({ name: z.string(), version: z.string() })),
  /** Libraries that its functions are in, as the catalogue names them, e.g. `$libdir/pgcrypto`. */
  libraries: z.array(z.string()),
  /** Locales of the C library that its columns and indexes are sorted by, beside the database's own. */
  locales: z.array(z.string()),
  /** Whether a column or index is sorted by ICU. */
  usesIcu: z.boolean(),
})
export type DatabaseParity = z.infer<typeof databaseParity>

/** One row, one column `parity`, to be asked in each database by itself. */
export const databaseParityQuestion = `select json_build_object(
  'extensions', (select coalesce(json_agg(json_build_object('name', extname, 'version', extversion) order by extname), '[]')
     from pg_extension),
  'libraries', (select coalesce(json_agg(distinct probin), '[]') from pg_proc where probin is not null and probin <> ''),
  'locales', (select coalesce(json_agg(distinct l), '[]') from pg_collation c, unnest(array[c.collcollate, c.collctype]) l
     where c.collprovider = 'c' and l is not null and exists (select from pg_attribute a where a.attcollation = c.oid)),
  'usesIcu', exists (select from pg_collation c join pg_attribute a on a.attcollation = c.oid where c.collprovider = 'i')
) as parity`

/** Parses the row of `databaseParityQuestion`. Throws POSTGRES_QUERY_FAILED on an answer of another shape. */
export const parseDatabaseParity = (rows: readonly Readonly<Record<string, unknown>>[]): DatabaseParity =>
  parseJsonAnswer(databaseParity, rows[0]?.parity, parity)

/** What the standby's own server says of what the primary's databases and settings need. */
export const standbySupplies = z.object({
  /** Of the libraries those that are not there for this server. */
  missingLibraries: z.array(z.string()),
  /** Of the extensions those with a control file, and the versions that it can make. */
  extensions: z.array(z.object({ name: z.string(), versions: z.array(z.string()) })),
})
export type StandbySupplies = z.infer<typeof standbySupplies>

/**
 * One row, one column `supplies`: $1 libraries as settings or catalogues name them, $2 the search path for names without a slash, $3
 * names of extensions. Looked for where and as PostgreSQL itself looks (documentation 38.10.1).
 */
export const standbySuppliesQuestion = (
  libraries: readonly string[],
  searchPath: string,
  extensions: readonly string[],
) =>
  ({
    text: `with here as (select setting as libdir from pg_config where name = 'PKGLIBDIR'),
places as (select replace(trim(both from p), '$libdir', libdir) as place from here, regexp_split_to_table($2, ':') p where p <> ''),
files as (
  select lib, replace(lib, '$libdir', libdir) as file from here, unnest($1::text[]) lib where lib like '%/%'
  union all select lib, place || '/' || lib from places, unnest($1::text[]) lib where lib not like '%/%'),
found as (select distinct lib from files, unnest(array[file, file || '.so']) f
  where (select not isdir from pg_stat_file(f, true)))
select json_build_object(
  'missingLibraries', (select coalesce(json_agg(lib order by lib), '[]') from unnest($1::text[]) lib
     where lib not in (select lib from found)),
  'extensions', (select coalesce(json_agg(json_build_object('name', name, 'versions', versions)), '[]') from (
     select name, array_agg(version order by version) as versions from pg_available_extension_versions
     where name = any ($3::name[]) group by name) e)
) as supplies`,
    params: [libraries, searchPath, extensions],
  }) as const

/** Parses the row of `standbySuppliesQuestion`. Throws POSTGRES_QUERY_FAILED on an answer of another shape. */
export const parseStandbySupplies = (rows: readonly Readonly<Record<string, unknown>>[]): StandbySupplies =>
  parseJsonAnswer(standbySupplies, rows[0]?.supplies, parity)

/** Fails with SQLSTATE 22023 where the server knows no such zone; changes nothing beyond its own statement. */
export const timeZoneKnownQuestion = (zone: string) =>
  ({ text: `select set_config('TimeZone', $1, true)`, params: [zone] }) as const
