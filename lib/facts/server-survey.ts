import { z } from 'zod'
import { parseJsonAnswer } from '@/lib/facts/json-answer'
import { maskedConninfo } from '@/lib/facts/masked-conninfo'
import { timelineSql } from '@/lib/facts/timeline'

const setting = z.object({
  setting: z.string(),
  unit: z.string().nullable(),
  source: z.string(),
  pendingRestart: z.boolean(),
})

/** What a PostgreSQL server says about itself before an operation is planned. */
export const serverSurvey = z.object({
  versionNum: z.int(),
  version: z.string(),
  systemIdentifier: z.string(),
  timeline: z.int(),
  inRecovery: z.boolean(),
  /** Written up to, on a standby replayed up to; and received up to. Null where it has none, or a version read it that did not ask. */
  lsn: z.string().nullable().default(null),
  receivedLsn: z.string().nullable().default(null),
  replayPaused: z.boolean(),
  dataDirectory: z.string(),
  configFile: z.string(),
  hbaFile: z.string(),
  walSegmentBytes: z.int(),
  /** Settings by name, those of `surveyedSettings` that the server knows. */
  settings: z.record(z.string(), setting),
  /** What `ALTER SYSTEM` set before us: the content of postgresql.auto.conf. */
  altered: z.record(z.string(), z.string()),
  /** Roles whose names begin with `understudy_`. */
  ownRoles: z.array(z.string()),
  senders: z.array(
    z.object({ applicationName: z.string(), clientAddress: z.string().nullable(), state: z.string() }),
  ),
  slots: z.array(z.string()),
  receiverStatus: z.string().nullable(),
  tablespaces: z.array(z.string()),
  /** The same, with where each lies; without it: read by a version that did not ask. */
  tablespacePlaces: z
    .array(z.object({ name: z.string(), oid: z.string(), location: z.string(), bytes: z.number() }))
    .default([]),
  databasesBytes: z.number(),
  /** Databases that initdb did not make. Without these two: read by a version that did not ask for them. */
  userDatabases: z.array(z.object({ name: z.string(), bytes: z.number() })).default([]),
  /** Tables in the database `postgres` that neither PostgreSQL nor Understudy made. */
  looseTables: z.int().default(0),
  hbaErrors: z.array(z.string()),
})

export type ServerSurvey = z.infer<typeof serverSurvey>

/** Settings that the checks and plans look at. */
const surveyedSettings = [
  'data_checksums',
  'listen_addresses',
  'max_connections',
  'max_locks_per_transaction',
  'max_prepared_transactions',
  'max_replication_slots',
  'max_slot_wal_keep_size',
  'max_wal_senders',
  'max_worker_processes',
  'port',
  'primary_conninfo',
  'ssl',
  'synchronous_standby_names',
  'unix_socket_directories',
  'wal_keep_segments',
  'wal_keep_size',
  'wal_level',
  'wal_log_hints',
] as const

/**
 * One row, one column `survey` of type json; to be asked as the database's owner on PostgreSQL 12 or newer.
 * pg_file_settings: PostgreSQL documentation 54.6; pg_control_system(): 9.27. A password that somebody wrote into `primary_conninfo` stays
 * on its host: what is answered here is kept with plans.
 */
export const serverSurveyQuestion = {
  text: `select json_build_object(
  'versionNum', current_setting('server_version_num')::int,
  'version', current_setting('server_version'),
  'systemIdentifier', (select system_identifier::text from pg_control_system()),
  'timeline', ${timelineSql('pg_is_in_recovery()')},
  'inRecovery', pg_is_in_recovery(),
  'lsn', (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end)::text,
  'receivedLsn', pg_last_wal_receive_lsn()::text,
  'replayPaused', case when pg_is_in_recovery() then pg_is_wal_replay_paused() else false end,
  'dataDirectory', current_setting('data_directory'),
  'configFile', current_setting('config_file'),
  'hbaFile', current_setting('hba_file'),
  'walSegmentBytes', (select setting::bigint from pg_settings where name = 'wal_segment_size'),
  'settings', (select json_object_agg(name, json_build_object('setting', ${maskedConninfo('setting')}, 'unit', unit, 'source', source,
     'pendingRestart', pending_restart)) from pg_settings where name = any ($1)),
  'altered', (select coalesce(json_object_agg(name, ${maskedConninfo('setting')}), '{}') from pg_file_settings
     where sourcefile = current_setting('data_directory') || '/postgresql.auto.conf' and setting is not null),
  'ownRoles', (select coalesce(json_agg(rolname order by rolname), '[]') from pg_roles where rolname like 'understudy\\_%'),
  'senders', (select coalesce(json_agg(json_build_object('applicationName', application_name,
     'clientAddress', host(client_addr), 'state', state)), '[]') from pg_stat_replication),
  'slots', (select coalesce(json_agg(slot_name), '[]') from pg_replication_slots where not temporary),
  'receiverStatus', (select status from pg_stat_wal_receiver),
  'tablespaces', (select coalesce(json_agg(spcname), '[]') from pg_tablespace
     where spcname not in ('pg_default', 'pg_global')),
  'tablespacePlaces', (select coalesce(json_agg(json_build_object('name', spcname, 'oid', oid::text,
     'location', pg_tablespace_location(oid), 'bytes', pg_tablespace_size(oid)) order by oid), '[]') from pg_tablespace
     where spcname not in ('pg_default', 'pg_global')),
  'databasesBytes', (select sum(pg_database_size(oid))::bigint from pg_database),
  'userDatabases', (select coalesce(json_agg(json_build_object('name', datname, 'bytes', pg_database_size(oid)) order by datname), '[]')
     from pg_database where datname not in ('postgres', 'template0', 'template1')),
  'looseTables', (select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm') and c.oid >= 16384 and n.nspname <> 'understudy' and n.nspname !~ '^pg_'),
  'hbaErrors', (select coalesce(json_agg('line ' || line_number || ': ' || error), '[]') from pg_hba_file_rules
     where error is not null)
) as survey`,
  params: [surveyedSettings as readonly string[]],
} as const

/** Parses the row of `serverSurveyQuestion`. Throws POSTGRES_QUERY_FAILED on an answer of another shape. */
export const parseServerSurvey = (rows: readonly Readonly<Record<string, unknown>>[]): ServerSurvey =>
  parseJsonAnswer(serverSurvey, rows[0]?.survey, 'the survey')
