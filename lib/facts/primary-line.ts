import { z } from 'zod'
import type { PrimaryLine } from '@/lib/domain/repair-way'
import { parseJsonAnswer } from '@/lib/facts/json-answer'

const answer = z.object({
  timeline: z.int(),
  lsn: z.string(),
  oldestSegment: z.string(),
  segmentBytes: z.int(),
  history: z.string().nullable(),
  forkedAt: z.string().nullable(),
})

/**
 * One row, one column `line` of type json; to be asked as the owner of a server that accepts writes. Names of WAL segments are their
 * timeline and their number in two parts, 8 hexadecimal digits each (PostgreSQL documentation 30.6, pg_walfile_name in 9.28.3).
 */
export const primaryLineQuestion = `with now as (
  select pg_current_wal_lsn() as lsn, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline)
select json_build_object(
  'timeline', ('x' || timeline)::bit(32)::int,
  'lsn', lsn::text,
  'oldestSegment', (select min(substr(name, 9)) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'),
  'segmentBytes', (select setting::bigint from pg_settings where name = 'wal_segment_size'),
  'history', case when timeline <> '00000001' then pg_read_file('pg_wal/' || timeline || '.history', 0, 1000000, true) end,
  'forkedAt', case when timeline <> '00000001' then
    to_char((pg_stat_file('pg_wal/' || timeline || '.history', true)).modification at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end
) as line from now`

/** Lines of a timeline history file: parent, LSN where it was left, reason (PostgreSQL documentation 26.3.5); others are comments. */
function toHistory(text: string): PrimaryLine['history'] {
  return text.split('\n').flatMap((line) => {
    const [, timeline, endsAt] = /^\s*(\d+)\s+([0-9A-Fa-f]+\/[0-9A-Fa-f]+)/.exec(line) ?? []
    return timeline && endsAt ? [{ timeline: Number(timeline), endsAt: endsAt.toUpperCase() }] : []
  })
}

/** The first byte of a segment by the 16 digits of its number: the high ones count units of 4 GiB. */
function segmentStart(digits: string, segmentBytes: number): string {
  const low = Number.parseInt(digits.slice(8), 16) * segmentBytes
  return `${Number.parseInt(digits.slice(0, 8), 16).toString(16).toUpperCase()}/${low.toString(16).toUpperCase()}`
}

/** Parses the row of `primaryLineQuestion`. Throws POSTGRES_QUERY_FAILED on an answer of another shape. */
export function parsePrimaryLine(rows: readonly Readonly<Record<string, unknown>>[]): PrimaryLine {
  const { timeline, lsn, oldestSegment, segmentBytes, history, forkedAt } = parseJsonAnswer(
    answer,
    rows[0]?.line,
    'the primary’s line',
  )
  return {
    timeline,
    lsn,
    oldestLsn: segmentStart(oldestSegment, segmentBytes),
    history: toHistory(history ?? ''),
    forkedAt,
  }
}
