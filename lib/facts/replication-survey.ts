import { z } from 'zod'
import { parseJsonAnswer } from '@/lib/facts/json-answer'
import { maskedConninfo } from '@/lib/facts/masked-conninfo'

const setting = z.object({
  setting: z.string(),
  /** File that gives it this value; null where none does. */
  file: z.string().nullable(),
})

/** How a server replicates, whoever set that up. No password is in it. */
export const replicationSurvey = z.object({
  versionNum: z.int(),
  inRecovery: z.boolean(),
  senders: z.array(
    z.object({
      applicationName: z.string(),
      clientAddress: z.string().nullable(),
      role: z.string(),
      state: z.string(),
      syncState: z.string(),
      isTls: z.boolean(),
      slot: z.string().nullable(),
    }),
  ),
  receiver: z
    .object({
      status: z.string(),
      host: z.string().nullable(),
      port: z.int().nullable(),
      slot: z.string().nullable(),
      conninfo: z.string(),
    })
    .nullable(),
  slots: z.array(z.object({ name: z.string(), isPhysical: z.boolean(), isActive: z.boolean() })),
  /** Of `replicationSettings` those that the server knows. */
  settings: z.record(z.string(), setting),
  /** A database of this name is what repmgr keeps its records in, where nothing else was chosen. */
  hasRepmgrDatabase: z.boolean(),
})
export type ReplicationSurvey = z.infer<typeof replicationSurvey>

const replicationSettings = [
  'archive_mode',
  'cluster_name',
  'max_slot_wal_keep_size',
  'primary_conninfo',
  'primary_slot_name',
  'recovery_min_apply_delay',
  'restore_command',
  'shared_preload_libraries',
  'synchronous_standby_names',
] as const

/**
 * One row, one column `survey` of type json, asked as the database's owner on PostgreSQL 11 or newer, on a primary and on a standby:
 * before 12 a standby's settings are in recovery.conf, and not among these (PostgreSQL documentation 12, E.1.2). Columns that only some versions have
 * are asked for by name.
 */
export const replicationSurveyQuestion = {
  text: `select json_build_object(
  'versionNum', current_setting('server_version_num')::int,
  'inRecovery', pg_is_in_recovery(),
  'senders', (select coalesce(json_agg(json_build_object('applicationName', r.application_name, 'clientAddress', host(r.client_addr),
     'role', coalesce(r.usename::text, ''), 'state', coalesce(r.state, ''), 'syncState', coalesce(r.sync_state, ''),
     'isTls', coalesce((select s.ssl from pg_stat_ssl s where s.pid = r.pid), false),
     'slot', (select l.slot_name from pg_replication_slots l where l.active_pid = r.pid limit 1)) order by r.backend_start), '[]')
     from pg_stat_replication r),
  'receiver', (select json_build_object('status', status, 'host', to_jsonb(w) ->> 'sender_host',
     'port', (to_jsonb(w) ->> 'sender_port')::int, 'slot', nullif(slot_name, ''), 'conninfo', ${maskedConninfo("coalesce(conninfo, '')")})
     from pg_stat_wal_receiver w),
  'slots', (select coalesce(json_agg(json_build_object('name', slot_name, 'isPhysical', slot_type = 'physical', 'isActive', active)
     order by slot_name), '[]') from pg_replication_slots where not temporary),
  'settings', (select coalesce(json_object_agg(name, json_build_object('setting', ${maskedConninfo('setting')}, 'file', sourcefile)), '{}')
     from pg_settings where name = any ($1)),
  'hasRepmgrDatabase', exists (select from pg_database where datname = 'repmgr')
) as survey`,
  params: [replicationSettings as readonly string[]],
} as const

/** Parses the row of `replicationSurveyQuestion`. Throws POSTGRES_QUERY_FAILED on an answer of another shape. */
export const parseReplicationSurvey = (
  rows: readonly Readonly<Record<string, unknown>>[],
): ReplicationSurvey => parseJsonAnswer(replicationSurvey, rows[0]?.survey, 'the survey of replication')
