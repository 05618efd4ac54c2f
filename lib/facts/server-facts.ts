import { z } from 'zod'
import { bytesToLsn, type Lsn, lsnToBytes } from '@/lib/domain/lsn'
import type { ServerFacts } from '@/lib/domain/observation'
import { AppError } from '@/lib/errors'
import { timelineSql } from '@/lib/facts/timeline'

/**
 * Everything that an observation needs of a server, in one round, on a primary and on a standby, as the database's owner
 * and as `understudy_monitor` (pg_monitor), on PostgreSQL 12 to 18. Prepared once a session: planning it anew each
 * second would cost more than running it. Settings and columns that only some versions have are asked for by name
 * (`current_setting(…, true)`, `to_jsonb(…)->>…`), so that one text serves all.
 */
const select = `
WITH role AS MATERIALIZED (SELECT pg_is_in_recovery() AS standby),
wal AS MATERIALIZED (
  SELECT count(*) AS files, min(substr(name, 9)) AS oldest FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'
),
receiver AS MATERIALIZED (SELECT * FROM pg_stat_wal_receiver)
SELECT json_build_object(
  'versionNum', current_setting('server_version_num')::int,
  'version', current_setting('server_version'),
  'systemIdentifier', (SELECT system_identifier::text FROM pg_control_system()),
  'inRecovery', role.standby,
  'timeline', ${timelineSql('role.standby')},
  'currentLsn', CASE WHEN role.standby THEN NULL ELSE pg_current_wal_lsn() END,
  'receivedLsn', CASE WHEN role.standby THEN pg_last_wal_receive_lsn() END,
  'replayedLsn', CASE WHEN role.standby THEN pg_last_wal_replay_lsn() END,
  'replayPaused', CASE WHEN role.standby THEN pg_is_wal_replay_paused() ELSE false END,
  'lastReplayedCommitAt', CASE WHEN role.standby THEN pg_last_xact_replay_timestamp() END,
  'walSegmentBytes', pg_size_bytes(current_setting('wal_segment_size')),
  'walSegmentsInUse', wal.files,
  'oldestWalSegment', wal.oldest,
  'walKeepBytes', pg_size_bytes(current_setting('wal_keep_size', true)),
  'walKeepSegments', current_setting('wal_keep_segments', true)::int,
  'startedAt', pg_postmaster_start_time(),
  'dataDirectory', current_setting('data_directory'),
  'port', current_setting('port')::int,
  'senders', (SELECT coalesce(json_agg(json_build_object(
      'applicationName', application_name, 'clientAddress', host(client_addr), 'state', state,
      'sentLsn', sent_lsn, 'flushLsn', flush_lsn, 'replayLsn', replay_lsn)), '[]') FROM pg_stat_replication),
  'receiver', (SELECT json_build_object(
      'status', status, 'senderHost', sender_host, 'timeline', received_tli, 'latestEndLsn', latest_end_lsn,
      'lastMessageAgeSeconds', extract(epoch FROM clock_timestamp() - last_msg_receipt_time)) FROM receiver),
  'slots', (SELECT coalesce(json_agg(json_build_object(
      'name', slot_name, 'active', active, 'walStatus', to_jsonb(s) ->> 'wal_status', 'restartLsn', restart_lsn)), '[]')
    FROM pg_replication_slots s WHERE slot_type = 'physical')
) AS facts FROM role, wal`

/** First of a session, then `server` for every look. */
export const serverFactsSql = {
  prepare: `PREPARE understudy_facts AS ${select}`,
  ask: 'EXECUTE understudy_facts',
  /** Both in one, for a single look. */
  once: select,
} as const

const lsn = z.string().regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/)
const instant = z.string().transform((text, context) => {
  const at = new Date(text)
  if (!Number.isNaN(at.getTime())) return at.toISOString()
  context.addIssue('not a time')
  return z.NEVER
})

const answer = z.object({
  versionNum: z.int(),
  version: z.string(),
  systemIdentifier: z.string(),
  inRecovery: z.boolean(),
  timeline: z.int().min(1),
  currentLsn: lsn.nullable(),
  receivedLsn: lsn.nullable(),
  replayedLsn: lsn.nullable(),
  replayPaused: z.boolean(),
  lastReplayedCommitAt: instant.nullable(),
  walSegmentBytes: z.int().positive(),
  walSegmentsInUse: z.int(),
  oldestWalSegment: z
    .string()
    .regex(/^[0-9A-F]{16}$/)
    .nullable(),
  walKeepBytes: z.int().nullable(),
  walKeepSegments: z.int().nullable(),
  startedAt: instant,
  dataDirectory: z.string(),
  port: z.int(),
  senders: z.array(
    z.object({
      applicationName: z.string(),
      clientAddress: z.string().nullable(),
      state: z.string(),
      sentLsn: lsn.nullable(),
      flushLsn: lsn.nullable(),
      replayLsn: lsn.nullable(),
    }),
  ),
  receiver: z
    .object({
      status: z.string(),
      senderHost: z.string().nullable(),
      timeline: z.int().nullable(),
      latestEndLsn: lsn.nullable(),
      lastMessageAgeSeconds: z.number().nullable(),
    })
    .nullable(),
  slots: z.array(
    z.object({
      name: z.string(),
      active: z.boolean(),
      walStatus: z.string().nullable(),
      restartLsn: lsn.nullable(),
    }),
  ),
})

/** Reads the one row of the answer. Throws AppError POSTGRES_QUERY_FAILED when it isn't what was asked for. */
export function parseServerFacts(rows: readonly Readonly<Record<string, unknown>>[]): ServerFacts {
  const parsed = answer.safeParse(rows[0]?.facts)
  if (!parsed.success)
    throw new AppError('POSTGRES_QUERY_FAILED', 'PostgreSQL answered something unexpected about itself.', {
      fix: 'Look whether this version of PostgreSQL is one that Understudy knows (12 to 18).',
      detail: parsed.error.message,
    })
  const { oldestWalSegment, walKeepBytes, walKeepSegments, ...facts } = parsed.data
  const keptBySize = Math.floor((walKeepBytes ?? 0) / facts.walSegmentBytes)
  return {
    ...facts,
    walSegmentsConfigured: walKeepSegments ?? keptBySize,
    oldestWalLsn: oldestWalSegment === null ? null : segmentStart(oldestWalSegment, facts.walSegmentBytes),
  }
}

/** Start of a segment by the last 16 digits of its file's name: log number, then segment within the log. */
function segmentStart(digits: string, segmentBytes: number): Lsn {
  const log = lsnToBytes(`${digits.slice(0, 8)}/0`)
  return bytesToLsn(log + BigInt(`0x${digits.slice(8)}`) * BigInt(segmentBytes))
}
